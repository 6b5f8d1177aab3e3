/*
 * add_source - `keelson add-source NAME`: lines of the lock for a package of
 * the archive.
 */
#include "images/cmd/commands.h"
#include "images/cmd/fresh.h"
#include "images/fresh/add.h"
#include "images/fresh/lock_file.h"
#include "lib/base/shown.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ADD_ARENA_BYTES ((size_t)256 << 20)

static const char *add_suite, *add_spdx, *add_deb;
static bool add_takes_expired;

static const struct args_option add_options[] = {
	{.name = "suite",
		.type = ARGS_TEXT,
		.value = &add_suite,
		.meta = "SUITE",
		.help = "code name; that of most lines unless given, or the "
			"stable one"},
	{.name = "licence",
		.type = ARGS_TEXT,
		.value = &add_spdx,
		.meta = "SPDX",
		.help = "expression for what it contributes; that of most "
			"files in debian/copyright unless given"},
	{.name = "deb",
		.type = ARGS_TEXT,
		.value = &add_deb,
		.meta = "sysroot|rootfs",
		.help = "pin the binary package of this name, in this role"},
	FRESH_KEYRING_OPTION,
	{.name = "allow-expired",
		.type = ARGS_SWITCH,
		.value = &add_takes_expired,
		.help = "take an index that is past its Valid-Until"},
	{.name = NULL},
};

static int add_set(struct add *a, const char *name, struct err *e)
{
	a->arena = arena_make(ADD_ARENA_BYTES);
	a->apt.keyring = fresh_trust();
	a->apt.allows_expired = add_takes_expired;
	a->name = name;
	a->suite = add_suite;
	a->licence = add_spdx;
	a->sources = fresh_sources();
	a->now_s = fresh_now_s();
	a->is_binary = add_deb != NULL;
	if (add_deb == NULL || strcmp(add_deb, "rootfs") == 0)
		a->role = LOCK_ROOTFS;
	else if (strcmp(add_deb, "sysroot") == 0)
		a->role = LOCK_SYSROOT;
	else
		return err_kind(
			e, ERR_USAGE, "--deb %s: sysroot or rootfs", add_deb);
	return apt_open(&a->apt, e);
}

static void add_say(const struct add *a, const char *lock)
{
	shown_line(stdout, "%s %.*s from %s, in %s", a->name,
		STR_ARG(a->offer->version), a->offer->suite, lock);
	shown_line(stdout, "licence: %.*s%s", STR_ARG(a->spdx),
		str_is(a->spdx, "NOASSERTION")
			? " - debian/copyright does not say it; edit the lock"
			: "");
	if (a->missing != NULL)
		shown_line(stdout,
			"without Debian's patches: %.*s is listed but not "
			"fetched",
			STR_ARG(str_base_name(str_of(a->missing))));
}

static int add_all(
	struct add *a, const char *name, const char *lock, struct err *e)
{
	AUTO_BUF struct buf out = buf_growing(FRESH_LOCK_BYTES);

	if (add_set(a, name, e) < 0 || add_find(a, e) < 0 ||
		add_write(a, &out, e) < 0 ||
		lock_file_replace(lock, a->lock_text, buf_view(&out), e) < 0)
		return -1;
	add_say(a, lock);
	return 0;
}

static int add_run(size_t n, const char *const *operands)
{
	AUTO_PROJECT struct project project = {0};
	AUTO_BUF struct buf lock = buf_growing(FRESH_LOCK_BYTES);
	struct add a = {0};
	struct err e = {0};
	int rc = fresh_open(&project, &lock, &e);

	(void)n;
	if (rc == 0) {
		a.lock_text = buf_view(&lock);
		rc = add_all(&a, operands[0], project.at.lock, &e);
	}
	apt_close(&a.apt);
	arena_free(&a.arena);
	return rc < 0 ? command_failure(&e) : 0;
}

const struct args_command command_add_source = {
	.name = "add-source",
	.operands = "PACKAGE",
	.summary = "Pin a package of the archive in the lock",
	.text = "Takes the latest version that the signed indices of the suite "
		"and of its security and other updates list, fetches its files "
		"and writes its lines to the end of the lock. `keelson recipe "
		"PACKAGE` then drafts how it is built.",
	.options = add_options,
	.min_operands = 1,
	.max_operands = 1,
	.run = add_run,
};
