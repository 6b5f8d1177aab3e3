/*
 * runtime - the runtime is a child process; its exit status decides.
 *
 * With --detach it ends once the container runs.  Other commands of it are
 * asked without their output.
 */
#include "checkpoint-agent/restore/runtime.h"

#include "checkpoint-agent/criu/criu.h"
#include "checkpoint-agent/restore/bundle.h"
#include "checkpoint-agent/restore/leftover.h"
#include "lib/base/fd.h"
#include "lib/base/log.h"
#include "lib/base/regular.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXIT_NO_PLACE 126
#define EXIT_NO_EXEC  127
#define ARGS_MAX      20
#define LOG_MAX       (1 << 20) /* the end of a log that is looked at */
#define LINE_MAX_N    256

static void run_child(const char *const *args)
{
	char *copy[ARGS_MAX + 1];
	size_t n = 0;

	for (; args[n]; n++)
		copy[n] = strdup(args[n]);
	copy[n] = NULL;
	execvp(copy[0], copy);
	_exit(EXIT_NO_EXEC);
}

static void be_quiet(void)
{
	int null = open("/dev/null", O_RDWR);

	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
}

/* In the child: only the runtime and what it starts see the place. */
static void enter_place(const struct runtime_restore *o)
{
	struct err e = {0};

	if (place_enter(o->place, o->bundle, &e) == 0)
		return;
	log_event(LOG_ERROR, e.text, NULL);
	_exit(EXIT_NO_PLACE);
}

/*
 * The process; below 0: it could not be started.
 * @o  whose place it is to see; NULL: none, and its output is dropped
 */
static pid_t start_command(
	const char *const *args, const struct runtime_restore *o)
{
	pid_t pid = fork();

	if (pid == 0) {
		if (o)
			enter_place(o);
		else
			be_quiet();
		run_child(args);
	}
	return pid;
}

/* The exit status; -1: it was killed, or never started. */
static int end_command(pid_t pid)
{
	int status = -1;

	if (pid <= 0)
		return -1;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int run_command(const char *const *args, const struct runtime_restore *o)
{
	return end_command(start_command(args, o));
}

pid_t runtime_ask(const char *program, const char *name)
{
	const char *const args[] = {program, "state", name, NULL};

	return start_command(args, NULL);
}

bool runtime_said_yes(pid_t *asked)
{
	pid_t pid = *asked;

	*asked = 0;
	return end_command(pid) == 0;
}

bool runtime_criu_has(const char *feature)
{
	const char *const args[] = {
		"criu", "check", "--feature", feature, NULL};

	criu_keep_answers();
	return run_command(args, NULL) == 0;
}

/* The last line of the log that CRIU calls an error; empty without one. */
static struct str last_error(struct str log)
{
	struct str line, found = {"", 0};

	while (str_cut(&log, '\n', &line)) {
		const char *at = memmem(line.p, line.n, "Error ", 6);

		if (at)
			found = str_sub(
				line, (size_t)(at - line.p), LINE_MAX_N);
	}
	return found;
}

/* The end of CRIU's log; nothing if there is none. */
static void read_log(int dir, struct buf *log)
{
	AUTO_FD int fd = -1;
	off_t size;

	if (regular_open_at(dir, BUNDLE_LOG, &fd, NULL) < 0)
		return;
	size = lseek(fd, 0, SEEK_END);
	lseek(fd, size > LOG_MAX ? size - LOG_MAX : 0, SEEK_SET);
	fd_read_all(fd, log, NULL);
}

static int fail(const struct runtime_restore *o, int dir, struct err *e)
{
	AUTO_BUF struct buf log = buf_growing(LOG_MAX);
	struct str why;

	read_log(dir, &log);
	if (log.n == 0)
		return err_set(e,
			"%s restore failed before CRIU wrote a log: see the "
			"message of %s",
			o->program, o->program);
	why = last_error(buf_view(&log));
	return err_set(e,
		"%s restore failed; CRIU's log is %s/" BUNDLE_LOG "%s%.*s",
		o->program, o->bundle, why.n ? ": " : "", STR_ARG(why));
}

int runtime_restore(const struct runtime_restore *o, int dir, struct err *e)
{
	const char *args[ARGS_MAX + 1] = {o->program, "restore", "--detach",
		"--bundle", o->bundle, "--image-path", o->images, "--work-path",
		o->bundle, "--tcp-established", "--ext-unix-sk",
		"--file-locks"};
	struct leftover leftover = {
		.program = o->program, .name = o->name, .bundle = o->bundle};
	size_t n = 12;
	int status;

	if (*o->console) {
		args[n++] = "--console-socket";
		args[n++] = o->console;
	}
	args[n++] = o->name;
	args[n] = NULL;
	leftover_expect(&leftover);
	status = run_command(args, o);
	if (status == 0)
		return 0;
	if (status == EXIT_NO_PLACE)
		return err_set(
			e, "cannot give %s the unpacked archive", o->program);
	if (status == EXIT_NO_EXEC)
		return err_set(e, "cannot run %s", o->program);
	leftover_remove(&leftover);
	return fail(o, dir, e);
}
