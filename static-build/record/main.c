/*
 * record - run a build tool and write down its inputs and outputs.
 *
 * One program under many names, in a directory that is first on PATH: called
 * as `gcc` it runs the real gcc, and so on.  It writes events
 * (docs/formats/record.md); without RECORD_DIR it only runs the tool.  No byte
 * of any output changes.  An event that can't be written fails the build, so
 * that evidence has no holes.
 *
 *   record files < LIST    JSON lines with sizes and hashes, for manifests
 */
#include "static-build/record/roles.h"
#include "static-build/record/tool.h"

#include <stdio.h>
#include <string.h>

#define EXIT_RECORDER 125 /* ours, not the tool's */

typedef int role_fn(const struct context *, char **, int *, struct err *);

struct role {
	const char *name;
	role_fn *run;
	bool finds_tool; /* argv[0] must become the real tool's path */
};

/* By the name that the recorder is called by. */
static const struct role by_name[] = {
	{"gcc", compiler_drive, false},
	{"cc", compiler_drive, false},
	{"as", compiler_assemble, true},
	{"ld", linker_link, true},
	{"ar", archiver_archive, true},
	{"ranlib", archiver_archive, true},
	{"strip", generator_run, true},
	{"objcopy", generator_run, true},
	{"protoc", generator_run, true},
	{"protoc-c", generator_run, true},
	{"sh", generator_shell, false},
	{NULL, NULL, false},
};

/* Started by the compiler driver: `record-sub PATH-OF-TOOL ARGUMENT...`. */
static const struct role by_driver[] = {
	{"cc1", compiler_compile, false},
	{"as", compiler_assemble, false},
	{"collect2", linker_link, false},
	{NULL, NULL, false},
};

static const struct role *role_of(const struct role *table, const char *name)
{
	for (; table->name; table++)
		if (strcmp(table->name, name) == 0)
			return table;
	return NULL;
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

	if (!strchr(argv[0], '/') && find_tool(c, argv, e) < 0)
		return -1;
	if (!c->is_on || !r)
		return tool_become(argv[0], argv, e);
	return r->run(c, argv, rc, e);
}

static int run_role(
	const struct context *c, int argc, char **argv, int *rc, struct err *e)
{
	const char *name = tool_base(argv[0]);
	const struct role *r = role_of(by_name, name);

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

int main(int argc, char **argv)
{
	static struct context c;
	struct err e = {.kind = ERR_NONE};
	int rc = 0;

	if (argc < 1)
		return EXIT_RECORDER;
	if (context_load(&c, &e) < 0 || run_role(&c, argc, argv, &rc, &e) < 0) {
		fprintf(stderr, "record: %s\n", e.text);
		return EXIT_RECORDER;
	}
	return rc;
}
