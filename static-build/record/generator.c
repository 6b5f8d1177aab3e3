/*
 * generator - tools that are known only by the files they leave: strip,
 * objcopy, protoc, and the recipes of make that write sources.
 *
 * The words of the command that name files are looked at before and after;
 * files that are new or have changed are outputs.  protoc chooses the names
 * of its outputs, so they are derived from --c_out and the .proto.
 */
#include "static-build/record/event.h"
#include "static-build/record/roles.h"
#include "static-build/record/tool.h"
#include "static-build/record/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define WORDS_MAX_BYTES (64u << 20)

struct candidate {
	const char *path;
	bool was_there;
	struct stat before;
	struct event_file as_before;
};

struct candidates {
	struct candidate *list; /* in the arena */
	size_t n;
};

static bool is_file(const char *path, struct stat *st)
{
	return stat(path, st) == 0 && S_ISREG(st->st_mode);
}

static int look_before(const struct context *c, const struct words *words,
	struct arena *a, struct candidates *out, struct err *e)
{
	out->n = words->n;
	out->list = arena_alloc(a, (words->n + 1) * sizeof *out->list);
	if (!out->list)
		return err_kind(e, ERR_LIMIT, "out of memory");
	for (size_t i = 0; i < words->n; i++) {
		struct candidate *f = out->list + i;

		f->path = words->list[i];
		f->was_there = is_file(f->path, &f->before);
		if (f->was_there)
			event_look(c, f->path, &f->as_before);
	}
	return 0;
}

static bool has_changed(const struct candidate *f)
{
	struct stat now;

	if (!is_file(f->path, &now))
		return false;
	return !f->was_there || now.st_ino != f->before.st_ino ||
	       now.st_size != f->before.st_size ||
	       now.st_mtim.tv_sec != f->before.st_mtim.tv_sec ||
	       now.st_mtim.tv_nsec != f->before.st_mtim.tv_nsec;
}

static bool is_any_changed(const struct candidates *files)
{
	for (size_t i = 0; i < files->n; i++)
		if (has_changed(&files->list[i]))
			return true;
	return false;
}

/* A command that wrote nothing generated nothing: no event. */
static int write_generated(const struct context *c,
	const struct event_call *call, const struct candidates *files,
	struct err *e)
{
	struct event ev;

	if (!is_any_changed(files))
		return 0;
	event_start(&ev, c, "generate", call);
	if (call->rc == 0) {
		json_list(&ev.json, "inputs");
		for (size_t i = 0; i < files->n; i++)
			if (files->list[i].was_there)
				event_put(&ev.json, NULL,
					&files->list[i].as_before);
		json_list_end(&ev.json);
		json_list(&ev.json, "outputs");
		for (size_t i = 0; i < files->n; i++)
			if (has_changed(&files->list[i]))
				event_put_now(&ev, NULL, files->list[i].path);
		json_list_end(&ev.json);
	}
	return event_write(&ev, e);
}

/*
 * Run argv[0] and write what it generated.
 * @command  text in which the names of its files occur
 */
static int run_watched(const struct context *c, char **argv, struct str command,
	int *rc, struct err *e)
{
	AUTO_ARENA struct arena a = arena_make(WORDS_MAX_BYTES);
	struct candidates files;
	struct words words;

	if (words_scan(command, &a, &words, e) < 0 ||
		look_before(c, &words, &a, &files, e) < 0)
		return -1;
	if (tool_run(argv[0], argv, rc, e) < 0)
		return -1;
	return write_generated(
		c, &(struct event_call){argv[0], argv, *rc}, &files, e);
}

static const char *after_prefix(const char *word, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncmp(word, prefix, n) == 0 ? word + n : NULL;
}

/* The path of a .proto relative to the --proto_path directory it is in. */
static const char *below_proto_path(char **argv, const char *proto)
{
	for (size_t i = 1; argv[i]; i++) {
		const char *dir = after_prefix(argv[i], "--proto_path=");
		const char *rest = dir ? after_prefix(proto, dir) : NULL;

		if (!rest || !*dir)
			continue;
		while (*rest == '/')
			rest++;
		return rest;
	}
	return proto;
}

/* Append the .pb-c.c and .pb-c.h that protoc will write. */
static void put_protoc_outputs(char **argv, const char *dir, struct buf *b)
{
	for (size_t i = 1; argv[i]; i++) {
		struct str proto = str_of(argv[i]);
		struct str stem;

		if (argv[i][0] == '-' || !str_has_suffix(proto, STR(".proto")))
			continue;
		stem = str_of(below_proto_path(argv, argv[i]));
		stem.n -= strlen(".proto");
		buf_fmt(b, " %s/%.*s.pb-c.c %s/%.*s.pb-c.h", dir, STR_ARG(stem),
			dir, STR_ARG(stem));
	}
}

static void put_words(char **argv, struct buf *b)
{
	const char *dir = NULL;

	for (size_t i = 1; argv[i]; i++) {
		const char *out = after_prefix(argv[i], "--c_out=");

		dir = out ? out : dir;
		buf_byte(b, ' ');
		buf_text(b, argv[i]);
	}
	if (dir)
		put_protoc_outputs(argv, dir, b);
}

int generator_run(const struct context *c, char **argv, int *rc, struct err *e)
{
	AUTO_BUF struct buf command = buf_growing(WORDS_MAX_BYTES);

	put_words(argv, &command);
	if (command.full)
		return err_kind(e, ERR_LIMIT, "command line too long");
	return run_watched(c, argv, buf_view(&command), rc, e);
}

static void name_shell(char shell[PATH_MAX])
{
	const char *wanted = getenv("RECORD_SHELL");

	snprintf(shell, PATH_MAX, "%s", wanted ? wanted : "/bin/sh");
	unsetenv("RECORD_SHELL");
}

/* make calls its shell as `sh -c TEXT` or `sh -ec TEXT`. */
int generator_shell(
	const struct context *c, char **argv, int *rc, struct err *e)
{
	static char shell[PATH_MAX];
	const char *text = NULL;

	for (size_t i = 1; argv[i] && !text; i++)
		if (argv[i][0] == '-' && argv[i][1] != '-' &&
			strchr(argv[i], 'c'))
			text = argv[i + 1];
	name_shell(shell);
	argv[0] = shell;
	if (!c->is_on || !text)
		return tool_become(shell, argv, e);
	return run_watched(c, argv, str_of(text), rc, e);
}
