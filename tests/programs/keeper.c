/*
 * keeper - hold known bytes at known addresses, for searches in memory.
 *
 * usage: keeper READY-FILE
 *
 * It and its child write texts "needle-NNNN" into private and shared memory at
 * the addresses below.  The texts are composed at run time, so that no other
 * place holds them.  READY-FILE is written when all are in place.  Each SIGUSR1
 * replaces one text and adds another; then READY-FILE is written again.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGE = 4096, AREA_PAGES = 16 };

#define PRIVATE_AREA ((char *)0x10000000)
#define SHARED_AREA  ((char *)0x20000000)
#define CHILD_AREA   ((char *)0x30000000)

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void map(char *at, int flags)
{
	if (mmap(at, AREA_PAGES * PAGE, PROT_READ | PROT_WRITE,
		    flags | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) != at)
		die("mmap");
}

static void put(char *at, int number)
{
	char *end = at + snprintf(at, 32, "%s-%04d", "needle", number);

	memset(end, '!', 8);
}

static void say_ready(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (fd < 0 || write(fd, "ready\n", 6) != 6)
		die(path);
	close(fd);
}

static void keep_child(void)
{
	map(CHILD_AREA, MAP_PRIVATE);
	put(CHILD_AREA + 2 * PAGE + 64, 1004);
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	sigset_t set;
	int signal_number;

	if (argc != 2)
		return 2;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	map(SHARED_AREA, MAP_SHARED);
	put(SHARED_AREA + 5 * PAGE + 8, 1003);
	if (fork() == 0)
		keep_child();
	map(PRIVATE_AREA, MAP_PRIVATE);
	put(PRIVATE_AREA + 100, 1001);
	put(PRIVATE_AREA + 3 * PAGE - 5, 1002); /* across two pages */
	for (;;) {
		say_ready(argv[1]);
		sigwait(&set, &signal_number);
		put(PRIVATE_AREA + 8 * PAGE, 1005);
		put(PRIVATE_AREA + 100, 2001);
	}
}
