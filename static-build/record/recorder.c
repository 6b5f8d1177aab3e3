/*
 * recorder - one program under many names, in a directory that is first on
 * PATH: called as `gcc` it runs the real gcc, and so on.
 *
 * It writes events (docs/formats/record.md); without RECORD_DIR it only runs
 * the tool.  No byte of any output changes.  An event that can't be written
 * fails the build, so that evidence has no holes.
 *
 *   record files < LIST    JSON lines with sizes and hashes, for manifests
 */
#include "static-build/record/recorder.h"

#include "lib/base/buf.h"
#include "static-build/record/name.h"
#include "static-build/record/roles.h"
#include "static-build/record/tool.h"

#include <stdio.h>
#include <string.h>

typedef int role_fn(const struct context *, char **, int *, struct err *);

struct role {
	const char *name;
	role_fn *run;
	bool finds_tool; /* argv[0] must become the real tool's path */
};

/* By the name that the recorder is called by; see name_plain(). */
static const struct role by_name[] = {
	{"gcc", driver_run, false},
	{"cc", driver_run, false},
	{"c89", driver_run, false},
	{"c99", driver_run, false},
	{"g++", driver_run, false},
	{"c++", driver_run, false},
	{"clang", driver_run, false},
	{"clang++", driver_run, false},
	{"as", compiler_assemble, true},
	{"ld", linker_link, true},
	{"ld.bfd", linker_link, true},
	{"ld.gold", linker_link, true},
	{"ld.lld", linker_link, true},
	{"ld.mold", linker_link, true},
	{"gold", linker_link, true},
	{"mold", linker_link, true},
	{"ar", archiver_archive, true},
	{"ranlib", archiver_archive, true},
	{"gcc-ar", archiver_archive, true},
	{"gcc-ranlib", archiver_archive, true},
	{"strip", generator_run, true},
	{"objcopy", generator_run, true},
	{"dwz", generator_run, true},
	{"protoc", generator_run, true},
	{"protoc-c", generator_run, true},
	{"sh", generator_shell, false},
	{NULL, NULL, false},
};

/* Started by the compiler driver: `record-sub PATH-OF-TOOL ARGUMENT...`. */
static const struct role by_driver[] = {
	{"cc1", compiler_compile, false},
	{"cc1plus", compiler_compile, false},
	{"as", compiler_assemble, false},
	{"collect2", linker_link, false},
	{"clang", clang_run, false},
	{"ld", linker_link, false},
	{"ld.bfd", linker_link, false},
	{"ld.gold", linker_link, false},
	{"ld.lld", linker_link, false},
	{"ld.mold", linker_link, false},
	{NULL, NULL, false},
};

static const struct role *role_of(const struct role *table, const char *name)
{
	for (; table->name; table++)
		if (strcmp(table->name, name) == 0)
			return table;
	return NULL;
}

static const struct role *role_called(const char *name)
{
	static const char *names[sizeof by_name / sizeof *by_name];
	const char *plain;

	for (size_t i = 0; by_name[i].name; i++)
		names[i] = by_name[i].name;
	plain = name_plain(name, names);
	return plain ? role_of(by_name, plain) : NULL;
}

bool recorder_knows(const char *name)
{
	name = tool_base(name);
	return strcmp(name, "record-sub") == 0 || role_called(name) != NULL;
}

/* Replace the name in argv[0] by the path of the real tool. */
static int find_tool(const struct context *c, char **argv, struct err *e)
{
	static char path[PATH_MAX];

	if (tool_find(c, tool_base(argv[0]), path, e) < 0)
		return -1;
	argv[0] = path;
	return 0;
}

static int run_sub(const struct context *c, char **argv, int *rc, struct err *e)
{
	const struct role *r = role_of(by_driver, tool_base(argv[0]));

	/* clang finds its linker on PATH, which is us, and names it in full */
	if ((!strchr(argv[0], '/') || tool_is_recorder(c, argv[0])) &&
		find_tool(c, argv, e) < 0)
		return -1;
	if (!c->is_on || !r)
		return tool_become(argv[0], argv, e);
	return r->run(c, argv, rc, e);
}

static int run_role(
	const struct context *c, int argc, char **argv, int *rc, struct err *e)
{
	const char *name = tool_base(argv[0]);
	const struct role *r = role_called(name);

	if (strcmp(name, "record") == 0 && argc == 2 &&
		strcmp(argv[1], "files") == 0)
		return files_list(c, e);
	if (strcmp(name, "record-sub") == 0 && argc > 1)
		return run_sub(c, argv + 1, rc, e);
	if (!r)
		return err_kind(e, ERR_USAGE, "unknown tool %s", name);
	if (r->finds_tool && find_tool(c, argv, e) < 0)
		return -1;
	if (r->finds_tool && !c->is_on)
		return tool_become(argv[0], argv, e);
	return r->run(c, argv, rc, e);
}

enum { RECORDER_CALL_BYTES = 600 }; /* of a command line in a message */

/* Say which call it was: a build runs thousands. */
static void recorder_complain(char *const *argv, const struct err *e)
{
	char text[RECORDER_CALL_BYTES];
	struct buf b = buf_fixed(text, sizeof text);

	for (size_t i = 0; argv[i]; i++)
		buf_fmt(&b, "%s%s", i ? " " : "", argv[i]);
	fprintf(stderr, "record: %s: while it ran `%.*s%s`\n", e->text,
		STR_ARG(buf_view(&b)), b.full ? " ..." : "");
}

int recorder_main(int argc, char **argv)
{
	static struct context c;
	struct err e = {.kind = ERR_NONE};
	int rc = 0;

	if (argc < 1)
		return RECORDER_EXIT;
	if (context_load(&c, &e) < 0 || run_role(&c, argc, argv, &rc, &e) < 0) {
		recorder_complain(argv, &e);
		return RECORDER_EXIT;
	}
	return rc;
}
