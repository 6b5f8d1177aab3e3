/*
 * compiler - compiles and assemblies, as gcc starts them.
 *
 * Headers come from cc1 itself: SUNPRO_DEPENDENCIES makes it write a
 * dependency file without any option that could reach the output.  Where the
 * build asks for one anyway, that is read, with -MMD turned into -MD so that
 * system headers are in it.
 *
 * One process records one tool, so what is large is static.
 */
#include "static-build/record/roles.h"
#include "static-build/record/tool.h"
#include "static-build/record/unit.h"
#include "static-build/record/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Options of cc1 whose value is the next word. */
static const char *const cc1_with_value[] = {"-isystem", "-imultilib",
	"-imultiarch", "-D", "-U", "-I", "-A", "-iprefix", "-include",
	"-imacros", "-idirafter", "-iquote", "-isysroot", "-iwithprefix",
	"-iwithprefixbefore", "-MF", "-MT", "-MQ", "-MD", "-MMD", "-o",
	"-dumpbase", "-dumpbase-ext", "-dumpdir", "-auxbase", "-auxbase-strip",
	"--param", "-aux-info", NULL};
static const char *const as_with_value[] = {"-I", "-o", "--MD", "--defsym",
	"--debug-prefix-map", "--listing-lhs-width", "--listing-lhs-width2",
	"--listing-rhs-width", "--listing-cont-lines", NULL};

/* Parse cc1's arguments; -MMD becomes -MD in `args`. */
static void read_cc1(char **args, struct unit *u)
{
	static char all_headers[] = "-MD";

	for (size_t i = 1; args[i]; i++) {
		bool is_md = strcmp(args[i], "-MD") == 0;

		if (strcmp(args[i], "-MMD") == 0) {
			args[i] = all_headers;
			is_md = true;
		}
		if (strcmp(args[i], "-M") == 0 || strcmp(args[i], "-MM") == 0)
			u->only_deps = true;
		if (is_md && !u->depfile)
			u->depfile = args[i + 1];
		if (strcmp(args[i], "-MF") == 0)
			u->depfile = args[i + 1];
		if (strcmp(args[i], "-o") == 0)
			u->output = args[i + 1];
		if (words_has(cc1_with_value, args[i]) && args[i + 1])
			i++;
		else if (unit_is_operand(args[i]))
			u->source = args[i];
	}
}

/* Make cc1 write a dependency file without an option on its command line. */
static void ask_for_depfile(const char *path)
{
	static char variable[PATH_MAX + 8];

	snprintf(variable, sizeof variable, "%s unit", path);
	setenv("SUNPRO_DEPENDENCIES", variable, 1);
}

int compiler_compile(
	const struct context *c, char **argv, int *rc, struct err *e)
{
	AUTO_ARENA struct arena a = arena_make(UNIT_WORDS_MAX_BYTES);
	static char own[PATH_MAX];
	static struct unit u = {.kind = "compile"};
	char **args = unit_words(argv, 0, &a, e);
	int done;

	if (!args || context_temporary(c, ".d", own, e) < 0)
		return -1;
	read_cc1(args, &u);
	if (u.only_deps)
		return tool_run(argv[0], argv, rc, e);
	if (!u.depfile) {
		ask_for_depfile(own);
		u.depfile = own;
	}
	unit_look_at_source(c, &u);
	if (tool_run(args[0], args, rc, e) < 0)
		return -1;
	done = unit_write(c, &(struct event_call){argv[0], argv, *rc}, &u, e);
	unlink(own);
	return done;
}

static void read_as(char **argv, struct unit *u)
{
	u->output = "a.out";
	for (size_t i = 1; argv[i]; i++) {
		if (strcmp(argv[i], "-o") == 0)
			u->output = argv[i + 1];
		if (strcmp(argv[i], "--MD") == 0 && argv[i + 1])
			u->depfile = argv[i + 1]; /* the build's own */
		if (words_has(as_with_value, argv[i]) && argv[i + 1])
			i++;
		else if (unit_is_operand(argv[i]))
			u->source = argv[i];
	}
}

int compiler_assemble(
	const struct context *c, char **argv, int *rc, struct err *e)
{
	AUTO_ARENA struct arena a = arena_make(UNIT_WORDS_MAX_BYTES);
	static char option[] = "--MD", own[PATH_MAX];
	static struct unit u = {.kind = "assemble", .depfile = own};
	char **args = unit_words(argv, 2, &a, e);
	int done;

	if (!args || context_temporary(c, ".d", own, e) < 0)
		return -1;
	args[1] = option;
	args[2] = own;
	read_as(argv, &u);
	unit_look_at_source(c, &u);
	if (tool_run(args[0], args, rc, e) < 0)
		return -1;
	done = unit_write(c, &(struct event_call){argv[0], argv, *rc}, &u, e);
	if (done == 0 && *rc == 0)
		done = unit_keep_temporary(c, u.output, e);
	unlink(own);
	return done;
}
