/*
 * halves - fork(2) and exec(2) of /proc/self/exe, which is this program even
 * when its file has been replaced.
 */
#include "checkpoint-agent/cmd/halves.h"

#include "checkpoint-agent/cmd/commands.h"
#include "checkpoint-agent/config/arguments.h"
#include "checkpoint-agent/front/front.h"
#include "checkpoint-agent/front/probes.h"
#include "lib/base/log.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#define ARENA_BYTES_MAX (4u << 20)
#define EXEC_FAILED     127

/* First out of the way, as a descriptor may lie where another one goes. */
static void place_descriptors(const int fds[HALVES_FDS_MAX])
{
	int high[HALVES_FDS_MAX];

	for (int i = 0; i < HALVES_FDS_MAX; i++)
		high[i] = fds[i] < 0
				  ? -1
				  : fcntl(fds[i], F_DUPFD_CLOEXEC,
					    HALVES_FD_FIRST + HALVES_FDS_MAX);
	for (int i = 0; i < HALVES_FDS_MAX; i++)
		if (high[i] >= 0)
			dup2(high[i], HALVES_FD_FIRST + i);
		else
			close(HALVES_FD_FIRST + i);
}

/* The back handles these signals, and ends the others. */
static void exec_half(const struct halves_start *s, char **argv)
{
	char *environment[] = {NULL};

	place_descriptors(s->fds);
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	execve("/proc/self/exe", argv, environment);
	log_event(LOG_ERROR, "cannot run /proc/self/exe", "process", s->command,
		NULL);
	_exit(EXEC_FAILED);
}

int halves_start(const struct halves_start *s, const struct config *c,
	pid_t *pid, struct err *e)
{
	AUTO_ARENA struct arena memory = arena_make(ARENA_BYTES_MAX);
	struct arguments a = {.n = 0};
	char name[] = "checkpoint-agent";
	char *command = arena_copy(&memory, str_of(s->command));

	if (command == NULL)
		return err_set(e, "no memory for a command line");
	if (arguments_add(&a, name, e) < 0 ||
		arguments_add(&a, command, e) < 0 ||
		arguments_add_config(&a, c, &memory, e) < 0)
		return -1;
	*pid = fork();
	if (*pid < 0)
		return err_sys(e, "start the %s", s->command);
	if (*pid == 0)
		exec_half(s, a.item);
	return 0;
}

/* --- in the new process -------------------------------------------- */

static int end_half(const char *name, int result, const struct err *e)
{
	if (result == 0)
		return 0;
	log_event(LOG_ERROR, "process failed", "process", name, "reason",
		e->text, NULL);
	return 1;
}

static int front_command(size_t n, const char *const *operands)
{
	const struct config *c = config_get();
	const struct front_fds fds = {HALVES_FD_FIRST, HALVES_FD_FIRST + 1,
		HALVES_FD_FIRST + 2,
		c->healthz_port != 0 ? HALVES_FD_FIRST + 3 : -1};
	struct err e = {0};
	int result = -1;

	(void)n;
	(void)operands;
	prctl(PR_SET_NAME, "agent-front", 0, 0, 0);
	if (config_finish(&e) == 0)
		result = front_run(c, &fds, &e);
	return end_half("front", result, &e);
}

static int probes_command(size_t n, const char *const *operands)
{
	const struct probes_fds fds = {HALVES_FD_FIRST, HALVES_FD_FIRST + 1};
	struct err e = {0};

	(void)n;
	(void)operands;
	prctl(PR_SET_NAME, "agent-probes", 0, 0, 0);
	return end_half("probes", probes_run(&fds, &e), &e);
}

const struct args_command command_front = {
	.name = "front",
	.options = config_options,
	.run = front_command,
};

const struct args_command command_probes = {
	.name = "probes",
	.options = config_options,
	.run = probes_command,
};
