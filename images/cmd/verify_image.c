/*
 * verify_image - layer against index, SBOM against layer, signatures against
 * keys, in this order; the first fault ends it.
 */
#include "images/cmd/verify_image.h"

#include "images/cmd/verify_builders.h"
#include "images/cmd/verify_sbom.h"
#include "images/read/find_sbom.h"
#include "images/read/listing_layer.h"
#include "images/read/platform.h"
#include "images/read/view.h"
#include "lib/base/whole.h"

#include <string.h>

void verify_result_free(struct verify_result *f)
{
	buf_free(&f->name);
	buf_free(&f->attested);
	buf_free(&f->others);
}

/* ---- signatures ------------------------------------------------------- */

/* The same statement is often there twice, in both layouts. */
static bool is_noted(
	const struct verify_signers *s, size_t at, const struct sign_key *k)
{
	const struct signed_item *x = s->list.items;

	for (size_t i = 0; i < at; i++)
		if (!memcmp(x[i].digest, x[at].digest, SHA256_BYTES) &&
			signed_by(&x[i], k, NULL) > 0)
			return true;
	return false;
}

static void note_attestations(const struct verify_signers *s,
	const struct sign_key *k, const char *name, struct buf *out)
{
	for (size_t i = 0; i < s->list.n; i++) {
		const struct signed_item *x = &s->list.items[i];

		if (x->predicate.n && signed_by(x, k, NULL) > 0 &&
			!is_noted(s, i, k))
			buf_fmt(out, "%.*s by %s\n", STR_ARG(x->predicate),
				name);
	}
}

static int check_threshold(const struct verify_keys *k, const struct view *v,
	const struct verify_signers *s, const struct verify_result *f,
	struct err *e)
{
	struct str others = str_trim(buf_view(&f->others));

	if (s->n_signed >= k->threshold)
		return 0;
	if (k->threshold > 1)
		return err_kind(e, ERR_DENIED,
			"%s: %s: %zu of the %zu keys given signed it, %zu must "
			"have%s%.*s",
			v->path, view_digest(v->image), s->n_signed, k->n,
			k->threshold, others.n ? "; " : "", STR_ARG(others));
	return err_kind(e, ERR_DENIED, "%s: %s: %s%s%.*s", v->path,
		view_digest(v->image),
		s->n_signatures ? "signed, but by none of the keys given"
				: "not signed",
		others.n ? "; " : "", STR_ARG(others));
}

/* Also without keys: what claims to be a signature must be about this image. */
static int check_signatures(const struct verify_keys *k, struct view *v,
	struct verify_result *f, struct err *e)
{
	struct verify_signers s;

	if (verify_signers_find(k, v, &s, e) < 0)
		return -1;
	for (size_t i = 0; i < k->n; i++)
		note_attestations(&s, &k->keys[i], k->paths[i], &f->attested);
	if (verify_builders(k, v, &s, &f->others, e) < 0)
		return err_at(e, "%s", v->path);
	memcpy(f->has_signed, s.has_signed, sizeof(f->has_signed));
	return k->n ? check_threshold(k, v, &s, f, e) : 0;
}

/* ---- one image -------------------------------------------------------- */

static int check_files(const struct verify_wish *w, struct view *v,
	struct verify_result *f, struct err *e)
{
	AUTO_LISTING struct listing layer = {0};
	const struct node *spdx;
	char hex[SHA256_HEX + 1];

	if (listing_layer(v, w->arena, &layer, e) < 0 ||
		find_sbom(v, &layer, &spdx, hex, e) < 0)
		return -1;
	f->files = 0;
	for (size_t i = 0; i < layer.n; i++)
		f->files += layer.items[i].type != TAR_DIR;
	f->has_sbom = spdx;
	if (!spdx && w->requires_sbom)
		return err_kind(e, ERR_INPUT,
			"no SBOM, neither as a referrer nor in "
			"/usr/share/sbom");
	return spdx ? verify_sbom(spdx, hex, &layer, w->arena, e) : 0;
}

/* An archive of several images, such as a bundle, says which one is meant, and
   an index of images for which platform. */
static int name_image(
	const struct view *v, struct verify_result *f, struct err *e)
{
	f->n_images = v->n_images;
	if (v->n_images > 1 && v->images) {
		buf_byte(&f->name, ' ');
		platform_write(v->config, &f->name);
	} else if (v->n_images > 1) {
		buf_byte(&f->name, ':');
		buf_str(&f->name,
			view_annotation(v, "io.containerd.image.name"));
	}
	return whole_check(&f->name, "name of the image", e);
}

int verify_image(const struct verify_wish *w, const char *path,
	struct verify_result *f, struct err *e)
{
	const struct choice choice = {.platform = w->platform,
		.is_by_number = !w->platform,
		.number = w->at};
	AUTO_VIEW struct view v = {0};

	buf_text(&f->name, path);
	if (view_open_one(path, &choice, &v, e) < 0) {
		f->n_images = v.n_images;
		return -1;
	}
	if (name_image(&v, f, e) < 0)
		return -1;
	if (check_files(w, &v, f, e) < 0)
		return err_at(e, "%s", buf_cstr(&f->name));
	return check_signatures(w->keys, &v, f, e);
}
