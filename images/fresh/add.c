/*
 * add - the suite that most lines of the lock are from is asked, with its
 * -security and -updates; the lines name that suite.
 */
#include "images/fresh/add.h"

#include "images/fresh/life.h"
#include "images/fresh/lock_text.h"
#include "images/fresh/member.h"
#include "images/fresh/near_names.h"
#include "lib/base/fd.h"
#include "sbom/model/dep5.h"

#include <stdio.h>
#include <string.h>

#define ADD_LINE_BYTES ((size_t)1 << 16)
#define ADD_SUITES     3

/* ---- suites ---- */

/* The suite that most lines are from; NULL: there are none. */
static const char *add_usual_suite(struct add *a, const struct lock *lock)
{
	struct str best = {0};
	size_t most = 0;

	for (size_t i = 0; i < lock->n; i++) {
		size_t count = 0;

		for (size_t k = 0; k < lock->n; k++)
			count += str_eq(
				lock->lines[i].suite, lock->lines[k].suite);
		if (count > most) {
			most = count;
			best = lock->lines[i].suite;
		}
	}
	return most ? arena_copy(&a->arena, best) : NULL;
}

static bool add_is_suite(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return n > 0 && s[n] == '\0';
}

static int add_choose_suite(struct add *a, struct err *e)
{
	const struct life_suite *stable = life_stable(a->now_s);
	struct lock lock = {0};

	if (lock_parse(a->lock_text, &a->arena, &lock, e) < 0)
		return -1;
	if (lock_main(&lock, str_of(a->name)) != NULL)
		return err_kind(e, ERR_BUSY,
			"%s is in the lock already; `keelson update %s` "
			"brings it up to date",
			a->name, a->name);
	if (a->suite == NULL)
		a->suite = add_usual_suite(a, &lock);
	if (a->suite == NULL && stable != NULL)
		a->suite = stable->name;
	if (a->suite == NULL || !add_is_suite(a->suite))
		return err_kind(e, ERR_USAGE,
			"--suite SUITE: a code name, as \"trixie\"");
	return 0;
}

/* 1, 0: there is no such suite, or -1. */
static int add_read_suite(
	struct add *a, const char *suite, struct buf *text, struct err *e)
{
	struct offer_index index = {.suite = suite, .is_binary = a->is_binary};
	int found = apt_update(&a->apt, suite, a->is_binary, e);

	if (found <= 0)
		return found;
	buf_reset(text);
	if (apt_index(&a->apt, suite, a->is_binary, text, e) < 0)
		return -1;
	index.text = buf_view(text);
	return offers_read(&a->offers, &index, e) < 0 ? -1 : 1;
}

/* The text is that of the suite itself at the end. */
static int add_read_suites(struct add *a, struct buf *text, struct err *e)
{
	static const char *const kinds[ADD_SUITES] = {
		"-security", "-updates", ""};
	struct str *wanted = arena_alloc(&a->arena, sizeof(*wanted));

	if (wanted == NULL)
		return err_kind(e, ERR_LIMIT, "out of memory");
	*wanted = str_of(a->name);
	a->offers = (struct offers){
		.arena = &a->arena, .wanted = wanted, .n_wanted = 1};
	for (size_t i = 0; i < ADD_SUITES; i++) {
		char name[256];
		const char *copy;
		int found;

		snprintf(name, sizeof(name), "%s%s", a->suite, kinds[i]);
		copy = arena_copy(&a->arena, str_of(name));
		if (copy == NULL)
			return err_kind(e, ERR_LIMIT, "out of memory");
		found = add_read_suite(a, copy, text, e);
		if (found == 0 &&
			(*kinds[i] == '\0' ||
				(i == 0 && life_suite(str_of(a->suite)))))
			return err_kind(e, ERR_ABSENT,
				"%s: no mirror has this suite", name);
		if (found < 0)
			return -1;
	}
	return 0;
}

/* ---- files and licence ---- */

static const char *add_path(struct add *a, const struct offer_file *f)
{
	AUTO_BUF struct buf b = buf_growing(ADD_LINE_BYTES);

	buf_fmt(&b, "%s/%.*s", a->sources, STR_ARG(str_base_name(f->path)));
	return b.full ? NULL : arena_copy(&a->arena, buf_view(&b));
}

/* 1, 0: no mirror has it, or -1. */
static int add_fetch_file(struct add *a, const struct offer_file *f,
	const char **path, struct err *e)
{
	*path = add_path(a, f);
	if (*path == NULL)
		return err_kind(e, ERR_LIMIT, "out of memory");
	return apt_file(&a->apt, f, *path, e);
}

static int add_licence(struct add *a, const char *path, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(MEMBER_BYTES);
	AUTO_BUF struct buf spdx = buf_growing(ADD_LINE_BYTES);
	struct str name;

	if (a->licence != NULL) {
		a->spdx = str_of(a->licence);
		return 0;
	}
	member_read(path, "*debian/copyright", &text);
	name = dep5_licence(buf_view(&text), STR("a-file-of-no-own-licence"));
	if (name.n > 0)
		dep5_to_spdx(name, &spdx);
	else
		buf_text(&spdx, "NOASSERTION");
	a->spdx = (struct str){arena_copy(&a->arena, buf_view(&spdx)), spdx.n};
	if (spdx.full || a->spdx.p == NULL)
		return err_kind(e, ERR_LIMIT, "out of memory");
	return 0;
}

static int add_fetch(struct add *a, struct err *e)
{
	const struct offer_file *patches = &a->offer->patches;
	const char *main, *path = NULL;
	int found;

	if (dir_make(a->sources, 0755, e) < 0)
		return -1;
	found = add_fetch_file(a, &a->offer->main, &main, e);
	if (found == 0)
		return err_kind(e, ERR_ABSENT,
			"%s is listed, but no mirror has it", main);
	if (found > 0 && patches->path.n > 0) {
		found = add_fetch_file(a, patches, &path, e);
		if (found == 0)
			a->missing = path;
	}
	if (found < 0)
		return -1;
	return add_licence(a, found && path ? path : main, e);
}

int add_find(struct add *a, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(APT_INDEX_BYTES);

	if (add_choose_suite(a, e) < 0 || add_read_suites(a, &text, e) < 0)
		return -1;
	offers_share_paths(&a->offers);
	a->offer = offers_latest(&a->offers, str_of(a->name), a->is_binary);
	if (a->offer == NULL)
		return near_names(
			buf_view(&text), a->name, a->suite, &a->arena, e);
	return add_fetch(a, e);
}

int add_write(struct add *a, struct buf *out, struct err *e)
{
	AUTO_BUF struct buf one = buf_growing(ADD_LINE_BYTES);
	AUTO_BUF struct buf with = buf_growing((size_t)32 << 20);
	struct offer_pin pin = {str_of(a->suite), a->spdx,
		a->is_binary ? a->role : LOCK_SOURCE};
	struct lock check;

	offer_line(a->offer, &pin, &one);
	lock_text_add(a->lock_text, buf_view(&one), &with);
	if (a->offer->patches.path.n > 0 && a->missing == NULL) {
		pin.role = LOCK_PATCHES;
		buf_reset(&one);
		offer_line(a->offer, &pin, &one);
		lock_text_add(buf_view(&with), buf_view(&one), out);
	} else {
		buf_str(out, buf_view(&with));
	}
	if (one.full || with.full || out->full)
		return err_kind(e, ERR_LIMIT, "the lock is too long");
	return lock_parse(buf_view(out), &a->arena, &check, e);
}
