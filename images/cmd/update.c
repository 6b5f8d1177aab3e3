/*
 * update - `keelson update [PACKAGE...]`: what the archive has that is newer
 * than what the lock pins.
 *
 * With --write the lock is rewritten, in one rename, after every file that it
 * will pin is here; with --then a command decides whether it stays so.
 */
#include "images/fresh/update.h"
#include "images/cmd/commands.h"
#include "images/cmd/fresh.h"
#include "images/fresh/lock_file.h"
#include "images/fresh/update_report.h"
#include "lib/base/fd.h"
#include "lib/base/shown.h"
#include "lib/base/whole.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	UPDATE_IS_NEWER = 3, /* exit code of --check */
	UPDATE_OUT_MAX = 16 << 20,
	UPDATE_PATH_BYTES = 4096,
};

static bool update_wants_check, update_wants_json, update_wants_write;
static bool update_takes_expired;
static const char *update_then;

static const struct args_option update_options[] = {
	{.name = "check",
		.type = ARGS_SWITCH,
		.value = &update_wants_check,
		.help = "exit with 3 when something is newer: for CI"},
	{.name = "write",
		.type = ARGS_SWITCH,
		.value = &update_wants_write,
		.help = "fetch what is newer and rewrite the lock"},
	{.name = "then",
		.type = ARGS_TEXT,
		.value = &update_then,
		.meta = "COMMAND",
		.help = "after --write: run this by sh, and put the old lock "
			"back when it fails"},
	{.name = "json",
		.type = ARGS_SWITCH,
		.value = &update_wants_json,
		.help = "print one JSON object"},
	FRESH_KEYRING_OPTION,
	{.name = "allow-expired",
		.type = ARGS_SWITCH,
		.value = &update_takes_expired,
		.help = "take an index that is past its Valid-Until, as of a "
			"mirror that is no longer refreshed"},
	{.name = NULL},
};

/* ---- the project's files ---- */

struct update_texts {
	struct buf lock, support;
};

/* The file `support` beside the lock; a project need not have it. */
static int update_read_support(struct update *u, struct update_texts *t,
	const char *lock, struct err *e)
{
	char path[UPDATE_PATH_BYTES];
	struct buf b = buf_fixed(path, sizeof(path));
	const char *slash = strrchr(lock, '/');

	buf_put(&b, lock, slash ? (size_t)(slash - lock) + 1 : 0);
	buf_text(&b, "support");
	if (access(buf_cstr(&b), F_OK) < 0)
		return 0;
	if (file_read(path, &t->support, e) < 0)
		return -1;
	if (life_parse(buf_view(&t->support), &u->arena, &u->branches, e) < 0)
		return err_at(e, "%s", path);
	return 0;
}

static int update_open(struct update *u, struct update_texts *t,
	const char *lock, struct err *e)
{
	if (t->lock.n == 0)
		return err_kind(e, ERR_ABSENT,
			"%s: nothing is pinned; `keelson add-source NAME` does "
			"it",
			lock);
	u->sources = fresh_sources();
	u->now_s = fresh_now_s();
	u->apt.keyring = fresh_trust();
	u->apt.allows_expired = update_takes_expired;
	u->lock_text = buf_view(&t->lock);
	if (update_read_support(u, t, lock, e) < 0)
		return -1;
	return apt_open(&u->apt, e);
}

/* ---- output and lock ---- */

static int update_print(const struct update *u, struct err *e)
{
	AUTO_BUF struct buf out = buf_growing(UPDATE_OUT_MAX);

	if (update_wants_json)
		update_json(u, &out);
	else
		update_report(u, &out);
	if (whole_check(&out, "the report", e) < 0)
		return -1;
	return fd_write(STDOUT_FILENO, out.p, out.n, e);
}

/* Run the command of --then; on failure the old lock comes back, unless the
   file is no longer what was written. */
static int update_try(const struct update *u, const char *lock,
	struct str written, struct err *e)
{
	int status = update_then ? system(update_then) : 0;

	if (status == 0)
		return 0;
	if (lock_file_replace(lock, written, u->lock_text, e) < 0)
		return err_at(e, "`%s` failed with the new lock", update_then);
	return err_set(e,
		"`%s` failed with the new lock; %s is again as it was",
		update_then, lock);
}

static int update_keep_lock(
	const struct update *u, const char *lock, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(FRESH_LOCK_BYTES);

	if (update_write(u, &text, e) < 0)
		return -1;
	if (str_eq(buf_view(&text), u->lock_text))
		return 0;
	if (lock_file_replace(lock, u->lock_text, buf_view(&text), e) < 0)
		return -1;
	shown_line(stderr, "keelson: %s is rewritten", lock);
	return update_try(u, lock, buf_view(&text), e);
}

static int update_all(struct update *u, size_t n, const char *const *names,
	const char *lock, struct err *e)
{
	if (update_look(u, n, names, e) < 0 || update_compare(u, e) < 0 ||
		(update_wants_write && update_fetch(u, e) < 0) ||
		update_print(u, e) < 0)
		return -1;
	if (update_wants_write && update_keep_lock(u, lock, e) < 0)
		return -1;
	return 0;
}

/* All suites that were refused are said; the first is the failure. */
static int update_say_refused(const struct update *u, struct err *e)
{
	const struct update_suite *first = update_refused(u);

	if (first == NULL)
		return 0;
	for (const struct update_suite *s = first + 1;
		s < u->suites + u->n_suites; s++)
		if (s->why.kind != ERR_NONE)
			shown_line(stderr, "keelson: %s", s->why.text);
	*e = first->why;
	return -1;
}

static int update_in_project(size_t n, const char *const *names, struct err *e)
{
	AUTO_PROJECT struct project project = {0};
	struct update_texts t = {.lock = buf_growing(FRESH_LOCK_BYTES),
		.support = buf_growing(FRESH_LOCK_BYTES)};
	struct update *u = calloc(1, sizeof(*u));
	int rc = -1;

	if (u == NULL)
		return err_kind(e, ERR_LIMIT, "out of memory");
	u->arena = arena_make(UPDATE_ARENA_MAX);
	if (fresh_open(&project, &t.lock, e) == 0 &&
		update_open(u, &t, project.at.lock, e) == 0 &&
		update_all(u, n, names, project.at.lock, e) == 0)
		rc = update_say_refused(u, e);
	if (rc == 0 && update_wants_check && update_count(u).newer > 0)
		rc = UPDATE_IS_NEWER;
	update_free(u);
	free(u);
	buf_free(&t.lock);
	buf_free(&t.support);
	return rc;
}

static int update_run(size_t n, const char *const *operands)
{
	struct err e = {0};
	int rc = 0;

	if (update_then && !update_wants_write)
		rc = err_kind(&e, ERR_USAGE, "--then goes with --write");
	if (rc == 0)
		rc = update_in_project(n, operands, &e);
	return rc < 0 ? command_failure(&e) : rc;
}

const struct args_command command_update = {
	.name = "update",
	.operands = "[PACKAGE...]",
	.summary = "Show what is newer than the lock, and pin it",
	.text = "Reads the signed indices of the suites that the lock names, "
		"those of security updates first, through the mirrors of this "
		"machine's apt (or SOURCE_MIRROR). apt checks signatures, "
		"dates and digests. Shows newer versions with the CVEs that "
		"their changelogs name and the patches that came and went, "
		"and of each source its age and until when it is supported. "
		"The exit code is 0; with --check 3 when something is newer; "
		"1 when a suite was refused or not reached, or on failure. A "
		"file that is listed but that no mirror has leaves its package "
		"as it is.",
	.options = update_options,
	.max_operands = SIZE_MAX,
	.run = update_run,
};
