/*
 * tar_applet - parse CRIU's two command lines and call the tar adapter.
 *
 * Only these are accepted (criu/filesystems.c, tmpfs_dump and tmpfs_restore);
 * any other word is refused, so that a newer CRIU that passes other options
 * fails with a message.
 *
 *   tar --create --gzip --no-unquote --no-wildcards --one-file-system
 *       --check-links --preserve-permissions --sparse --numeric-owner
 *       --directory DIR .             > archive
 *   tar --extract --gzip --no-unquote --no-wildcards --directory DIR < archive
 */
#include "checkpoint-agent/dump/tar_applet.h"

#include "checkpoint-agent/tar/tarfile_tree.h"
#include "checkpoint-agent/tar/tarfile_unpack.h"
#include "lib/base/fd.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Options that say what this tar always does. */
static const char *const implied[] = {"--no-unquote", "--no-wildcards",
	"--one-file-system", "--check-links", "--preserve-permissions",
	"--sparse", "--numeric-owner"};

struct order {
	bool creates;
	bool extracts;
	bool zips;
	bool has_dot; /* the one operand there may be */
	const char *dir;
};

static bool is_implied(const char *word)
{
	for (size_t i = 0; i < sizeof(implied) / sizeof(*implied); i++)
		if (strcmp(word, implied[i]) == 0)
			return true;
	return false;
}

static int take_word(struct order *o, const char *word, struct err *e)
{
	if (strcmp(word, "--create") == 0)
		o->creates = true;
	else if (strcmp(word, "--extract") == 0)
		o->extracts = true;
	else if (strcmp(word, "--gzip") == 0)
		o->zips = true;
	else if (strcmp(word, ".") == 0)
		o->has_dot = true;
	else if (!is_implied(word))
		return err_kind(
			e, ERR_USAGE, "%s: not an option that CRIU uses", word);
	return 0;
}

static int parse(int argc, char **argv, struct order *o, struct err *e)
{
	*o = (struct order){0};
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--directory") == 0 && i + 1 < argc)
			o->dir = argv[++i];
		else if (take_word(o, argv[i], e) < 0)
			return -1;
	}
	if (o->creates == o->extracts || !o->dir || o->creates != o->has_dot)
		return err_kind(e, ERR_USAGE,
			"--create --directory DIR . or "
			"--extract --directory DIR");
	return 0;
}

static int run_order(const struct order *o, struct err *e)
{
	AUTO_FD int dir = open(o->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir < 0)
		return err_sys(e, "%s", o->dir);
	if (o->extracts)
		return tarfile_unpack(STDIN_FILENO, dir, UINT64_MAX, e);
	return tarfile_tree(
		dir, STDOUT_FILENO, o->zips ? TARFILE_GZIP : TARFILE_PLAIN, e);
}

int tar_applet_main(int argc, char **argv)
{
	struct err e = {0};
	struct order o;

	if (parse(argc, argv, &o, &e) == 0 && run_order(&o, &e) == 0)
		return 0;
	fprintf(stderr, "tar: %s\n", e.text);
	return err_exit(&e);
}
