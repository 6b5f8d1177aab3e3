/*
 * ticker - measure the longest time in which this process did not run.
 *
 * usage: ticker [-m MIB] FILE
 *
 * It reads the clock ten thousand times a second and writes the longest time
 * between two readings, in microseconds, to FILE.  SIGUSR1 resets the result.
 *   -m  hold this much memory as well
 */
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { STEP_US = 100 };

static volatile sig_atomic_t begins;

static void on_signal(int number)
{
	(void)number;
	begins = 1;
}

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static void note(int fd, uint64_t gap_us)
{
	char text[32];
	int n = snprintf(
		text, sizeof(text), "%010llu\n", (unsigned long long)gap_us);

	if (pwrite(fd, text, (size_t)n, 0) != n)
		exit(1);
}

static void hold(const char *mib)
{
	size_t n = strtoul(mib, NULL, 10) << 20;
	char *memory = malloc(n);

	if (!memory)
		exit(1);
	for (size_t i = 0; i < n; i++)
		memory[i] = (char)(i * 2654435761u >> 8);
}

int main(int argc, char **argv)
{
	const struct timespec pause = {.tv_nsec = STEP_US * 1000};
	const char *file = argv[argc - 1];
	uint64_t last = 0, longest = 0;
	int fd = open(file, O_WRONLY | O_CREAT, 0644);

	if (fd < 0 || argc < 2)
		return 2;
	if (argc == 4 && strcmp(argv[1], "-m") == 0)
		hold(argv[2]);
	signal(SIGUSR1, on_signal);
	for (;;) {
		uint64_t now = now_us();

		if (begins || last == 0) {
			begins = 0;
			longest = 0;
			note(fd, longest);
		} else if (now - last > longest) {
			longest = now - last;
			note(fd, longest);
		}
		last = now;
		nanosleep(&pause, NULL);
	}
}
