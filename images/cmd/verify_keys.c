/*
 * verify_keys - each signature is tried with each key.
 */
#include "images/cmd/verify_keys.h"

#include "images/sign/key_file.h"

#include <string.h>

static int check_given_once(const struct verify_keys *k, struct err *e)
{
	for (size_t i = 0; i + 1 < k->n; i++)
		if (!strcmp(k->keys[i].fingerprint,
			    k->keys[k->n - 1].fingerprint))
			return err_kind(e, ERR_USAGE,
				"--key %s and --key %s are the same key",
				k->paths[i], k->paths[k->n - 1]);
	return 0;
}

int verify_keys_read(const struct args_list *paths, uint64_t threshold,
	struct verify_keys *out, struct err *e)
{
	out->n = 0;
	out->threshold = threshold ? (size_t)threshold : 1;
	if (threshold > paths->n)
		return err_kind(e, ERR_USAGE,
			"--threshold %llu of %zu keys: give as many --key FILE",
			(unsigned long long)threshold, paths->n);
	for (size_t i = 0; i < paths->n; i++) {
		out->paths[i] = paths->item[i];
		if (key_file_public(paths->item[i], &out->keys[i], e) < 0)
			return -1;
		out->n = i + 1;
		if (check_given_once(out, e) < 0)
			return -1;
	}
	return 0;
}

static int try_key(const struct verify_keys *k, size_t key,
	struct verify_signers *s, struct err *e)
{
	for (size_t i = 0; i < s->list.n; i++) {
		const struct signed_item *x = &s->list.items[i];
		int made = signed_by(x, &k->keys[key], e);

		if (made < 0)
			return -1;
		if (made && !x->predicate.n)
			s->has_signed[key] = true;
	}
	s->n_signed += s->has_signed[key];
	return 0;
}

int verify_signers_find(const struct verify_keys *k, struct view *v,
	struct verify_signers *out, struct err *e)
{
	*out = (struct verify_signers){.n_signed = 0};
	if (signed_read(v, &out->list, e) < 0)
		return -1;
	for (size_t i = 0; i < out->list.n; i++)
		out->n_signatures += !out->list.items[i].predicate.n;
	for (size_t i = 0; i < k->n; i++)
		if (try_key(k, i, out, e) < 0)
			return err_at(e, "%s", v->path);
	return 0;
}
