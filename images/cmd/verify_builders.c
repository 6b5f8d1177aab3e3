/*
 * verify_builders - the layouts of others are opened one after the other.
 */
#include "images/cmd/verify_builders.h"

#include "images/read/difference.h"
#include "images/read/platform.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define BUILDERS_NAMES_BYTES ((size_t)64 << 20)
#define BUILDERS_PATH_BYTES  1024

/* ---- builders --------------------------------------------------------- */

static void say_who(const struct verify_keys *k, const struct verify_signers *s,
	const struct view *theirs, struct buf *said)
{
	const char *between = " ";

	buf_fmt(said, "  %s is another image, %s, signed by", theirs->path,
		view_digest(theirs->image));
	for (size_t i = 0; i < k->n; i++) {
		if (!s->has_signed[i])
			continue;
		buf_fmt(said, "%s%s", between, k->paths[i]);
		between = ", ";
	}
	buf_text(said, s->n_signed ? ":\n" : " none of the keys:\n");
}

static void add_signers(
	struct verify_signers *to, const struct verify_signers *from, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		to->n_signed += from->has_signed[i] && !to->has_signed[i];
		to->has_signed[i] |= from->has_signed[i];
	}
	to->n_signatures += from->n_signatures;
}

static int builder_path(const char *with, const char *ours,
	char out[BUILDERS_PATH_BYTES], struct err *e)
{
	struct str name = str_of(ours);
	struct stat st;
	int n = snprintf(out, BUILDERS_PATH_BYTES, "%s/index.json", with);

	while (name.n > 1 && name.p[name.n - 1] == '/')
		name.n--;
	name = str_base_name(name);
	if (str_has_suffix(name, STR(".tar")))
		name.n -= strlen(".tar");
	if (n > 0 && n < BUILDERS_PATH_BYTES && stat(out, &st) < 0 &&
		stat(with, &st) == 0 && S_ISDIR(st.st_mode))
		n = snprintf(out, BUILDERS_PATH_BYTES, "%s/%.*s", with,
			STR_ARG(name));
	else
		n = snprintf(out, BUILDERS_PATH_BYTES, "%s", with);
	return n > 0 && n < BUILDERS_PATH_BYTES
		       ? 0
		       : err_kind(e, ERR_LIMIT, "%s: path too long", with);
}

/* Their image for the platform that ours is for. */
static int open_same(const char *path, const struct view *ours,
	struct view *theirs, struct err *e)
{
	AUTO_BUF struct buf platform = buf_growing(BUILDERS_PATH_BYTES);

	platform_write(ours->config, &platform);
	return view_open_one(path,
		&(struct choice){.platform = buf_cstr(&platform)}, theirs, e);
}

static int ask_builder(const char *path, const struct verify_keys *k,
	const struct difference *like, struct verify_signers *signers,
	struct err *e)
{
	AUTO_VIEW struct view theirs = {0};
	struct difference d = *like;
	struct verify_signers s;

	if (open_same(path, d.ours, &theirs, e) < 0 ||
		verify_signers_find(k, &theirs, &s, e) < 0)
		return -1;
	if (!strcmp(view_digest(theirs.image), view_digest(d.ours->image))) {
		add_signers(signers, &s, k->n);
		return 0;
	}
	say_who(k, &s, &theirs, d.said);
	d.theirs = &theirs;
	return difference_say(&d, e);
}

int verify_builders(const struct verify_keys *k, struct view *v,
	struct verify_signers *signers, struct buf *said, struct err *e)
{
	for (size_t i = 0; i < k->with.n; i++) {
		AUTO_ARENA struct arena a = arena_make(BUILDERS_NAMES_BYTES);
		struct difference d = {.ours = v, .arena = &a, .said = said};
		char path[BUILDERS_PATH_BYTES];

		if (builder_path(k->with.item[i], v->path, path, e) < 0 ||
			ask_builder(path, k, &d, signers, e) < 0)
			return -1;
	}
	return 0;
}
