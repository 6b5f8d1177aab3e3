/*
 * fetch - `keelson fetch [PACKAGE...]`: the files that the lock pins.
 *
 * The lock alone says what is right; no index is read.
 */
#include "images/cmd/commands.h"
#include "images/cmd/fresh.h"
#include "images/fresh/apt.h"
#include "lib/base/fd.h"
#include "lib/base/shown.h"
#include "sbom/evidence/lock.h"

#include <unistd.h>

#define FETCH_PATH_BYTES  4096
#define FETCH_ARENA_BYTES ((size_t)16 << 20)

static bool fetch_wants(
	const struct lock_line *l, size_t n, const char *const *names)
{
	for (size_t i = 0; i < n; i++)
		if (str_is(l->package, names[i]))
			return true;
	return n == 0;
}

static int fetch_one(struct apt *apt, const struct lock_line *l, struct err *e)
{
	const struct offer_file f = {l->path, l->sha256, l->size};
	char path[FETCH_PATH_BYTES];
	struct buf b = buf_fixed(path, sizeof(path));
	int found;

	buf_fmt(&b, "%s/%.*s", fresh_sources(), STR_ARG(l->name));
	if (buf_cstr(&b), b.full)
		return err_kind(e, ERR_LIMIT, "SOURCES_DIR is too long");
	found = apt_file(apt, &f, path, e);
	if (found == 0 && apt->dir == NULL) {
		/* Only what is not there needs a mirror. */
		if (apt_open(apt, e) < 0)
			return -1;
		found = apt_file(apt, &f, path, e);
	}
	if (found == 0)
		return err_kind(e, ERR_ABSENT,
			"%.*s: no mirror has it; archives drop old versions: "
			"`keelson update %.*s --write`, or set SOURCE_MIRROR "
			"to one that keeps them",
			STR_ARG(l->name), STR_ARG(l->package));
	return found < 0 ? -1 : 0;
}

static int fetch_all(struct apt *apt, const struct lock *lock, size_t n,
	const char *const *names, struct err *e)
{
	if (dir_make(fresh_sources(), 0755, e) < 0)
		return -1;
	for (size_t i = 0; i < lock->n; i++)
		if (fetch_wants(&lock->lines[i], n, names) &&
			fetch_one(apt, &lock->lines[i], e) < 0)
			return -1;
	return 0;
}

static int fetch_run(size_t n, const char *const *names)
{
	AUTO_PROJECT struct project project = {0};
	AUTO_BUF struct buf text = buf_growing(FRESH_LOCK_BYTES);
	AUTO_ARENA struct arena arena = arena_make(FETCH_ARENA_BYTES);
	struct apt apt = {.keyring = fresh_trust()};
	struct lock lock = {0};
	struct err e = {0};
	int rc = fresh_open(&project, &text, &e);

	if (rc == 0)
		rc = lock_parse(buf_view(&text), &arena, &lock, &e);
	for (size_t i = 0; rc == 0 && i < n; i++)
		if (lock_main(&lock, str_of(names[i])) == NULL)
			rc = err_kind(&e, ERR_ABSENT,
				"%s: no such package in the lock", names[i]);
	if (rc == 0)
		rc = fetch_all(&apt, &lock, n, names, &e);
	apt_close(&apt);
	return rc < 0 ? command_failure(&e) : 0;
}

const struct args_command command_fetch = {
	.name = "fetch",
	.operands = "[PACKAGE...]",
	.summary = "Fetch the files that the lock pins",
	.text = "Each into build/sources (SOURCES_DIR), from SOURCE_MIRROR or "
		"a mirror of this machine's apt, and only with the size and "
		"SHA-256 that the lock has. What is there already is checked "
		"and not fetched again.",
	.max_operands = SIZE_MAX,
	.run = fetch_run,
};
