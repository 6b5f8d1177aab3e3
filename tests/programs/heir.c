/*
 * heir - a child that has cleared part of the memory it inherited.
 *
 * usage: heir FILE
 *
 * The parent fills its memory and forks; the child sets every second page to
 * zero.  Both then check all pages over and over: in the parent each must be
 * unchanged.  The child counts its rounds in FILE.  A wrong byte ends the
 * process that finds it, and the end of the parent kills the child.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

enum {
	PAGE_BYTES = 4096,
	PAGES = 1024,
	STEP_MS = 50,
	FULL = 0xa5,
};

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static bool holds(const unsigned char *page, unsigned char byte)
{
	return page[0] == byte && memcmp(page, page + 1, PAGE_BYTES - 1) == 0;
}

static void check(const unsigned char *memory, bool is_heir)
{
	for (int i = 0; i < PAGES; i++)
		if (!holds(memory + i * PAGE_BYTES,
			    is_heir && i % 2 ? 0 : FULL))
			exit(1);
}

static void watch(const unsigned char *memory, bool is_heir, const char *file)
{
	const struct timespec pause = {.tv_nsec = STEP_MS * 1000000L};
	int fd = open(file, O_WRONLY | O_CREAT, 0644);

	if (fd < 0)
		die(file);
	for (unsigned long count = 0;; count++) {
		char text[32];
		int n = snprintf(text, sizeof(text), "%010lu\n", count);

		check(memory, is_heir);
		if (is_heir && pwrite(fd, text, (size_t)n, 0) != n)
			die("pwrite");
		nanosleep(&pause, NULL);
	}
}

int main(int argc, char **argv)
{
	unsigned char *memory = mmap(NULL, PAGES * PAGE_BYTES,
		PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pid_t pid;

	if (argc != 2 || memory == MAP_FAILED)
		die("usage: heir FILE");
	memset(memory, FULL, PAGES * PAGE_BYTES);
	signal(SIGCHLD, SIG_IGN);
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (int i = 1; i < PAGES; i += 2)
			memset(memory + i * PAGE_BYTES, 0, PAGE_BYTES);
	}
	watch(memory, pid == 0, argv[1]);
}
