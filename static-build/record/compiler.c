/*
 * compiler - compiles and assemblies.
 *
 * The driver is run with `-wrapper record-sub`: once it has parsed its whole
 * command line (several sources, specs, @files) it starts each cc1, as and
 * collect2 through the recorder, so no option parser of ours can be wrong
 * about what is compiled.  -pipe is dropped, because with it only cc1 is
 * wrapped.
 *
 * Headers come from cc1 itself: SUNPRO_DEPENDENCIES makes it write a
 * dependency file without any option that could reach the output.  Where the
 * build asks for one anyway, that is read, with -MMD turned into -MD so that
 * system headers are in it.
 *
 * One process records one tool, so what is large is static.
 */
#include "lib/base/arena.h"
#include "lib/base/fd.h"
#include "static-build/record/depfile.h"
#include "static-build/record/event.h"
#include "static-build/record/name.h"
#include "static-build/record/roles.h"
#include "static-build/record/tool.h"
#include "static-build/record/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define DEPFILE_MAX_BYTES (16u << 20)
#define WORDS_MAX_BYTES   (64u << 20)

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

struct unit {
	const char *kind;   /* of the event */
	const char *source; /* NULL: none named */
	const char *output;
	const char *depfile;      /* to be read; NULL until one is chosen */
	bool only_deps;           /* -M, -MM: nothing is compiled */
	struct event_file before; /* the source, before the tool ran */
};

static bool is_operand(const char *word)
{
	return word[0] != '-' || word[1] == '\0';
}

/* argv with `room` free places after its first word, in the arena. */
static char **with_room(
	char *const *argv, size_t room, struct arena *a, struct err *e)
{
	size_t n = tool_count(argv);
	char **args = arena_alloc(a, (n + room + 1) * sizeof *args);

	if (!args) {
		err_kind(e, ERR_LIMIT, "out of memory");
		return NULL;
	}
	args[0] = argv[0];
	memcpy(args + 1 + room, argv + 1, (n - 1) * sizeof *args);
	return args;
}

/* The driver's arguments for a recorded run: wrapped, without -pipe. */
static char **wrapped(char *const *argv, struct arena *a, struct err *e)
{
	static char wrapper[] = "-wrapper", recorder[] = "record-sub";
	char **args = with_room(argv, 2, a, e);
	size_t n = 3;

	if (!args)
		return NULL;
	args[1] = wrapper;
	args[2] = recorder;
	for (size_t i = 3; args[i]; i++)
		if (strcmp(args[i], "-pipe") != 0)
			args[n++] = args[i];
	args[n] = NULL;
	return args;
}

/* Give this run of the driver a unique name. */
static void name_run(void)
{
	struct timespec now;
	char run[64];

	clock_gettime(CLOCK_REALTIME, &now);
	snprintf(run, sizeof run, "%lld%09ld.%ld", (long long)now.tv_sec,
		now.tv_nsec, (long)getpid());
	setenv("RECORD_RUN", run, 1);
}

/* Has a script that ended in this call, such as musl-gcc, wrapped it? */
static bool is_wrapped(char *const *argv)
{
	for (size_t i = 1; argv[i] && argv[i + 1]; i++)
		if (strcmp(argv[i], "-wrapper") == 0)
			return true;
	return false;
}

/* clang knows no -wrapper: what it makes is told apart afterwards. */
static bool is_gcc(const char *path)
{
	static const char *const names[] = {
		"gcc", "g++", "cc", "c++", "c89", "c99", NULL};
	char real[PATH_MAX];

	return realpath(path, real) && name_plain(tool_base(real), names);
}

int compiler_drive(const struct context *c, char **argv, int *rc, struct err *e)
{
	AUTO_ARENA struct arena a = arena_make(WORDS_MAX_BYTES);
	static char path[PATH_MAX];
	char **args = argv;

	(void)rc;
	if (tool_find(c, tool_base(argv[0]), path, e) < 0)
		return -1;
	if (c->is_on && is_gcc(path) && !is_wrapped(argv)) {
		args = wrapped(argv, &a, e);
		name_run();
	}
	if (!args)
		return -1;
	args[0] = path;
	return tool_become(path, args, e);
}

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
		else if (is_operand(args[i]))
			u->source = args[i];
	}
}

/*
 * Write the prerequisites of the dependency file, without the source and
 * without names that are no files: the assembler also lists those of `.file`.
 */
static int put_deps(struct event *ev, const struct unit *u, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(DEPFILE_MAX_BYTES);
	AUTO_BUF struct buf name = buf_growing(PATH_MAX);
	struct str rest;

	json_list(&ev->json, "deps");
	if (file_read(u->depfile, &text, e) < 0)
		return -1;
	rest = buf_view(&text);
	if (!depfile_start(&rest))
		rest = (struct str){NULL, 0};
	while (depfile_next(&rest, &name)) {
		const char *dep = buf_cstr(&name);

		if ((!u->source || strcmp(dep, u->source) != 0) &&
			access(dep, F_OK) == 0)
			event_put_now(ev, NULL, dep);
	}
	json_list_end(&ev->json);
	return 0;
}

static void put_output(struct event *ev, const char *output)
{
	if (output && strcmp(output, "-") != 0 &&
		strcmp(output, "/dev/null") != 0)
		event_put_now(ev, "output", output);
	else
		json_null(&ev->json, "output");
}

static int write_unit(const struct context *c, const struct event_call *call,
	const struct unit *u, struct err *e)
{
	struct event ev;

	event_start(&ev, c, u->kind, call);
	if (call->rc == 0) {
		event_put(&ev.json, "source", &u->before);
		put_output(&ev, u->output);
		if (put_deps(&ev, u, e) < 0)
			return event_drop(&ev);
	}
	return event_write(&ev, e);
}

static void look_at_source(const struct context *c, struct unit *u)
{
	if (u->source && strcmp(u->source, "-") != 0) {
		event_look(c, u->source, &u->before);
		return;
	}
	u->before = (struct event_file){.path = "-", .size = -1};
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
	AUTO_ARENA struct arena a = arena_make(WORDS_MAX_BYTES);
	static char own[PATH_MAX];
	static struct unit u = {.kind = "compile"};
	char **args = with_room(argv, 0, &a, e);
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
	look_at_source(c, &u);
	if (tool_run(args[0], args, rc, e) < 0)
		return -1;
	done = write_unit(c, &(struct event_call){argv[0], argv, *rc}, &u, e);
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
		else if (is_operand(argv[i]))
			u->source = argv[i];
	}
}

/* "/tmp/ccXXXXXX.o", as gcc calls its own files, in whatever directory; and
   other files outside the project. */
static bool is_temporary(const struct context *c, const char *object)
{
	const char *base = tool_base(object);
	char path[PATH_MAX];

	event_path(c, object, path);
	return path[0] == '/' ||
	       (strncmp(base, "cc", 2) == 0 && strlen(base) == 10);
}

/* Such an object is gone after the link: keep a copy. */
static int keep_temporary(
	const struct context *c, const char *object, struct err *e)
{
	char hex[SHA256_HEX + 1];

	if (!is_temporary(c, object))
		return 0;
	if (sha256_file(object, hex, NULL, e) < 0)
		return -1;
	return context_keep(c, object, "objects", hex, e);
}

int compiler_assemble(
	const struct context *c, char **argv, int *rc, struct err *e)
{
	AUTO_ARENA struct arena a = arena_make(WORDS_MAX_BYTES);
	static char option[] = "--MD", own[PATH_MAX];
	static struct unit u = {.kind = "assemble", .depfile = own};
	char **args = with_room(argv, 2, &a, e);
	int done;

	if (!args || context_temporary(c, ".d", own, e) < 0)
		return -1;
	args[1] = option;
	args[2] = own;
	read_as(argv, &u);
	look_at_source(c, &u);
	if (tool_run(args[0], args, rc, e) < 0)
		return -1;
	done = write_unit(c, &(struct event_call){argv[0], argv, *rc}, &u, e);
	if (done == 0 && *rc == 0)
		done = keep_temporary(c, u.output, e);
	unlink(own);
	return done;
}
