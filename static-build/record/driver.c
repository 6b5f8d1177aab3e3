/*
 * driver - one call of a compiler driver.
 *
 * gcc is run with `-wrapper record-sub`: once it has parsed its whole command
 * line (several sources, specs, @files) it starts each cc1, as and collect2
 * through the recorder, so no option parser of ours can be wrong about what is
 * compiled.  -pipe is dropped, because with it only cc1 is wrapped.  clang
 * knows no such option and says itself what it would start (clang.c).  Other
 * drivers are run as they are.
 */
#include "static-build/record/clang.h"
#include "static-build/record/name.h"
#include "static-build/record/roles.h"
#include "static-build/record/tool.h"
#include "static-build/record/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

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

/* The driver's arguments for a recorded run: wrapped, without -pipe. */
static char **wrapped(char *const *argv, struct arena *a, struct err *e)
{
	static char wrapper[] = "-wrapper", recorder[] = "record-sub";
	char **args = unit_words(argv, 2, a, e);
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

/* Has a script that ended in this call, such as musl-gcc, wrapped it? */
static bool is_wrapped(char *const *argv)
{
	for (size_t i = 1; argv[i] && argv[i + 1]; i++)
		if (strcmp(argv[i], "-wrapper") == 0)
			return true;
	return false;
}

static bool is_called(const char *path, const char *const *names)
{
	char real[PATH_MAX];

	return realpath(path, real) && name_plain(tool_base(real), names);
}

static int drive_gcc(char *path, char **argv, struct err *e)
{
	AUTO_ARENA struct arena a = arena_make(UNIT_WORDS_MAX_BYTES);
	char **args = argv;

	if (!is_wrapped(argv))
		args = wrapped(argv, &a, e);
	if (!args)
		return -1;
	args[0] = path;
	return tool_become(path, args, e);
}

int driver_run(const struct context *c, char **argv, int *rc, struct err *e)
{
	static const char *const gcc[] = {
		"gcc", "g++", "cc", "c++", "c89", "c99", NULL};
	static const char *const clang[] = {"clang", "clang++", NULL};
	static char path[PATH_MAX];

	if (tool_find(c, tool_base(argv[0]), path, e) < 0)
		return -1;
	if (c->is_on)
		name_run();
	if (c->is_on && is_called(path, clang))
		return clang_drive(c, path, argv, rc, e);
	if (c->is_on && is_called(path, gcc))
		return drive_gcc(path, argv, e);
	argv[0] = path;
	return tool_become(path, argv, e);
}
