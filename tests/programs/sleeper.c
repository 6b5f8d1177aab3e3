/*
 * sleeper - wait once in each call that the kernel goes on with by itself.
 *
 * usage: sleeper SECONDS FILE
 *
 * One thread for each call; FILE gets a line for each when it returns:
 *
 *   CALL: RESULT after MILLISECONDS
 *
 * RESULT is "0", or the name of the error.  A call that is interrupted is not
 * made again.  The first thread waits too, so every kind of thread does; when
 * all have returned, the process sleeps on.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int out;
static struct timespec length;
static uint32_t word; /* nobody wakes who waits for it */

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static long sleep_without_rest(void)
{
	return syscall(SYS_nanosleep, &length, NULL);
}

static long sleep_with_rest(void)
{
	struct timespec rest = {0};

	return syscall(SYS_nanosleep, &length, &rest);
}

static long sleep_by_clock(void)
{
	struct timespec rest = {0};

	return syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &length, &rest);
}

static long wait_in_poll(void)
{
	return syscall(SYS_poll, NULL, 0, (int)length.tv_sec * 1000);
}

static long wait_for_word(void)
{
	return syscall(
		SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, &length, NULL, 0);
}

static const struct call {
	const char *name;
	long (*make)(void);
} calls[] = {
	{"nanosleep", sleep_without_rest},
	{"nanosleep-rest", sleep_with_rest},
	{"clock_nanosleep", sleep_by_clock},
	{"poll", wait_in_poll},
	{"futex", wait_for_word},
};

static void *make_call(void *argument)
{
	const struct call *c = argument;
	uint64_t from_ms = now_ms();
	long result = c->make();
	int error = result < 0 ? errno : 0;
	char line[128];
	int n = snprintf(line, sizeof(line), "%s: %s after %llu\n", c->name,
		error ? strerrorname_np(error) : "0",
		(unsigned long long)(now_ms() - from_ms));

	if (write(out, line, (size_t)n) != n)
		exit(1);
	return NULL;
}

int main(int argc, char **argv)
{
	enum { CALLS = sizeof(calls) / sizeof(*calls) };
	pthread_t thread[CALLS];

	if (argc != 3)
		return 2;
	length.tv_sec = atoi(argv[1]);
	out = open(argv[2], O_WRONLY | O_CREAT | O_APPEND, 0644);
	if (out < 0)
		return 2;
	for (int i = 1; i < CALLS; i++)
		if (pthread_create(&thread[i], NULL, make_call,
			    (void *)(uintptr_t)&calls[i]) != 0)
			return 1;
	make_call((void *)(uintptr_t)&calls[0]);
	for (int i = 1; i < CALLS; i++)
		pthread_join(thread[i], NULL);
	for (;;)
		pause();
}
