/*
 * update_lock - the files of what is newer, and the lock that pins them.
 */
#include "images/fresh/update.h"

#include "images/fresh/lock_text.h"
#include "lib/base/whole.h"

#define UPDATE_ARENA_BYTES ((size_t)64 << 20)
#define UPDATE_LINE_BYTES  ((size_t)1 << 16)

static int update_fetch_one(struct update *u, struct update_package *p,
	const struct offer_file *f, struct err *e)
{
	const char *path = update_path(u, f->path);
	int found = path == NULL ? err_kind(e, ERR_LIMIT, "out of memory")
				 : apt_file(&u->apt, f, path, e);

	if (found == 0)
		p->missing = path;
	return found < 0 ? -1 : 0;
}

int update_fetch(struct update *u, struct err *e)
{
	for (size_t i = 0; i < u->n_packages; i++) {
		struct update_package *p = &u->packages[i];

		if (p->newer == NULL || p->missing != NULL)
			continue;
		if (update_fetch_one(u, p, &p->newer->main, e) < 0 ||
			(p->patches != NULL && p->missing == NULL &&
				p->newer->patches.path.n > 0 &&
				update_fetch_one(u, p, &p->newer->patches, e) <
					0))
			return -1;
	}
	return 0;
}

static int update_change(struct update_package *p, const struct lock_line *l,
	struct lock_change *to, struct arena *a, struct err *e)
{
	const struct offer_pin pin = {l->suite, l->licence, l->role};
	AUTO_BUF struct buf line = buf_growing(UPDATE_LINE_BYTES);
	char *copy;

	if (l->role == LOCK_PATCHES && p->newer->patches.path.n == 0)
		return err_kind(e, ERR_INPUT,
			"%.*s %.*s has no .debian.tar any more: edit the lock",
			STR_ARG(l->package), STR_ARG(p->newer->version));
	offer_line(p->newer, &pin, &line);
	copy = arena_copy(a, buf_view(&line));
	if (line.full || copy == NULL)
		return err_kind(e, ERR_LIMIT, "out of memory");
	*to = (struct lock_change){l->line, {copy, line.n}};
	return 0;
}

int update_write(const struct update *u, struct buf *out, struct err *e)
{
	AUTO_ARENA struct arena a = arena_make(UPDATE_ARENA_BYTES);
	struct lock_change *changes =
		arena_alloc(&a, (u->lock.n + 1) * sizeof(*changes));
	struct lock check;
	size_t n = 0;

	if (changes == NULL)
		return err_kind(e, ERR_LIMIT, "out of memory");
	for (size_t i = 0; i < u->n_packages; i++) {
		struct update_package *p = &u->packages[i];

		if (p->newer == NULL || p->missing != NULL)
			continue;
		if (update_change(p, p->line, &changes[n++], &a, e) < 0 ||
			(p->patches != NULL &&
				update_change(p, p->patches, &changes[n++], &a,
					e) < 0))
			return -1;
	}
	lock_text_replace(u->lock_text, changes, n, out);
	if (whole_check(out, "the lock", e) < 0)
		return -1;
	return lock_parse(buf_view(out), &a, &check, e);
}
