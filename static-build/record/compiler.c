/*
 * Compiles and assemblies.
 *
 * The driver is run with `-wrapper record-sub`: after it has understood its
 * whole command line (several sources, specs, @files) it starts each cc1, as
 * and collect2 through the recorder, so no option parser of ours can be wrong
 * about what is compiled.  -pipe is dropped: with it only cc1 is wrapped.
 * Headers come from cc1 itself: SUNPRO_DEPENDENCIES makes it write a
 * dependency file without any option that could reach the output; where the
 * build asks for one already, that is read, -MMD promoted to -MD so that
 * system headers are in it.  One process records one thing, so what is large
 * is static.
 */
#include "static-build/record/depfile.h"
#include "static-build/record/event.h"
#include "static-build/record/roles.h"
#include "static-build/record/tool.h"
#include "lib/base/fd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define DEPFILE_MAX_BYTES (16u << 20)

/* Options of cc1 whose value is the next word. */
static const char *const cc1_with_value[] = {"-isystem", "-imultilib",
		"-imultiarch", "-D", "-U", "-I", "-A", "-iprefix", "-include",
		"-imacros", "-idirafter", "-iquote", "-isysroot",
		"-iwithprefix", "-iwithprefixbefore", "-MF", "-MT", "-MQ",
		"-MD", "-MMD", "-o", "-dumpbase", "-dumpbase-ext", "-dumpdir",
		"-auxbase", "-auxbase-strip", "--param", "-aux-info", NULL};
static const char *const as_with_value[] = {"-I", "-o", "--MD", "--defsym",
		"--debug-prefix-map", "--listing-lhs-width",
		"--listing-lhs-width2", "--listing-rhs-width",
		"--listing-cont-lines", NULL};

struct unit {
	const char *source;  /* NULL: none named */
	const char *output;
	const char *depfile; /* the one that the build asked for */
	bool only_deps;      /* -M, -MM: nothing is compiled */
};

static bool is_among(const char *const *list, const char *word)
{
	for (; *list; list++)
		if (strcmp(*list, word) == 0)
			return true;
	return false;
}

static bool is_operand(const char *word)
{
	return word[0] != '-' || word[1] == '\0';
}

int compiler_drive(const struct context *c, char **argv, int *rc,
		struct err *e)
{
	static char wrapper[] = "-wrapper", recorder[] = "record-sub";
	char path[PATH_MAX], run[64];
	char **args = calloc(tool_count(argv) + 3, sizeof *args);
	struct timespec now;
	size_t n = 0;

	(void)rc;
	if (!args)
		return err_kind(e, ERR_LIMIT, "out of memory");
	if (tool_find(c, tool_base(argv[0]), path, e) < 0)
		return -1;
	args[n++] = path;
	if (c->is_on) {
		args[n++] = wrapper;
		args[n++] = recorder;
	}
	for (size_t i = 1; argv[i]; i++)
		if (!c->is_on || strcmp(argv[i], "-pipe") != 0)
			args[n++] = argv[i];
	clock_gettime(CLOCK_REALTIME, &now);
	snprintf(run, sizeof run, "%lld%09ld.%ld", (long long)now.tv_sec,
			now.tv_nsec, (long)getpid());
	if (c->is_on)
		setenv("RECORD_RUN", run, 1);
	return tool_become(path, args, e);
}

/* Understand cc1's words; -MMD becomes -MD in `args`. */
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
		if (is_among(cc1_with_value, args[i]) && args[i + 1])
			i++;
		else if (is_operand(args[i]))
			u->source = args[i];
	}
}

/*
 * Write the prerequisites of a dependency file; the source is left out, and
 * what is not there: the assembler also lists names out of `.file`.
 */
static int put_deps(struct event *ev, const char *depfile, const char *source,
		struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(DEPFILE_MAX_BYTES);
	AUTO_BUF struct buf name = buf_growing(PATH_MAX);
	struct str rest;

	event_list(ev, "deps");
	if (file_read(depfile, &text, e) < 0)
		return -1;
	rest = buf_view(&text);
	if (!depfile_start(&rest))
		rest = (struct str){NULL, 0};
	while (depfile_next(&rest, &name)) {
		const char *dep = buf_cstr(&name);

		if ((!source || strcmp(dep, source) != 0) &&
				access(dep, F_OK) == 0)
			event_file(ev, NULL, dep);
	}
	event_list_end(ev);
	return 0;
}

static void put_output(struct event *ev, const char *output)
{
	if (output && strcmp(output, "-") != 0 &&
			strcmp(output, "/dev/null") != 0)
		event_file(ev, "output", output);
	else
		event_null(ev, "output");
}

static int write_unit(const struct context *c, const char *kind, char **argv,
		const struct unit *u, const struct event_file *source,
		const char *depfile, int rc, struct err *e)
{
	struct event ev;

	event_start(&ev, c, kind, argv[0], argv, rc);
	if (rc == 0) {
		event_looked(&ev, "source", source);
		put_output(&ev, u->output);
		if (put_deps(&ev, depfile, u->source, e) < 0) {
			buf_free(&ev.b);
			return -1;
		}
	}
	return event_write(&ev, e);
}

static void look_at_source(const struct context *c, const struct unit *u,
		struct event_file *f)
{
	if (u->source && strcmp(u->source, "-") != 0) {
		event_look(c, u->source, f);
		return;
	}
	*f = (struct event_file){.path = "-", .size = -1};
}

int compiler_compile(const struct context *c, char **argv, int *rc,
		struct err *e)
{
	static char own[PATH_MAX], variable[PATH_MAX + 8];
	static struct event_file source;
	char **args = calloc(tool_count(argv) + 1, sizeof *args);
	struct unit u = {.source = NULL};
	int done;

	if (!args)
		return err_kind(e, ERR_LIMIT, "out of memory");
	memcpy(args, argv, tool_count(argv) * sizeof *args);
	read_cc1(args, &u);
	if (u.only_deps)
		return tool_run(argv[0], argv, rc, e);
	if (context_temporary(c, ".d", own, e) < 0)
		return -1;
	if (!u.depfile) {
		snprintf(variable, sizeof variable, "%s unit", own);
		setenv("SUNPRO_DEPENDENCIES", variable, 1);
	}
	look_at_source(c, &u, &source); /* before it could change */
	if (tool_run(args[0], args, rc, e) < 0)
		return -1;
	done = write_unit(c, "compile", argv, &u, &source,
			u.depfile ? u.depfile : own, *rc, e);
	unlink(own);
	return done;
}

static void read_as(char **argv, struct unit *u)
{
	u->output = "a.out";
	for (size_t i = 1; argv[i]; i++) {
		if (strcmp(argv[i], "-o") == 0)
			u->output = argv[i + 1];
		if (is_among(as_with_value, argv[i]) && argv[i + 1])
			i++;
		else if (is_operand(argv[i]))
			u->source = argv[i];
	}
}

/* An object among temporary files is gone after the link: keep a copy. */
static int keep_temporary(const struct context *c, const char *object,
		struct err *e)
{
	char hex[SHA256_HEX + 1];

	if (strncmp(object, "/tmp/", 5) != 0)
		return 0;
	if (sha256_file(object, hex, NULL, e) < 0)
		return -1;
	return context_keep(c, object, "objects", hex, e);
}

int compiler_assemble(const struct context *c, char **argv, int *rc,
		struct err *e)
{
	static char option[] = "--MD", own[PATH_MAX];
	static struct event_file source;
	size_t n = tool_count(argv);
	char **args = calloc(n + 3, sizeof *args);
	struct unit u = {.source = NULL};
	int done;

	if (!args)
		return err_kind(e, ERR_LIMIT, "out of memory");
	if (context_temporary(c, ".d", own, e) < 0)
		return -1;
	args[0] = argv[0];
	args[1] = option;
	args[2] = own;
	memcpy(args + 3, argv + 1, (n - 1) * sizeof *args);
	read_as(argv, &u);
	look_at_source(c, &u, &source);
	if (tool_run(args[0], args, rc, e) < 0)
		return -1;
	done = write_unit(c, "assemble", argv, &u, &source, own, *rc, e);
	if (done == 0 && *rc == 0)
		done = keep_temporary(c, u.output, e);
	unlink(own);
	return done;
}
