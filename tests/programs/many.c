/*
 * many - a great number of one kind of thing, all in use.
 *
 * usage: many threads|processes|sockets|maps N STATUS
 *
 *   threads     each counts by itself
 *   processes   children, each counts by itself in shared memory
 *   sockets     pairs of unix sockets; each end holds a number of the other
 *   maps        pages of their own, each with its number
 *
 * STATUS is rewritten after each round over all of them: ten digits of the
 * number of rounds, and ten of the number of things that were wrong.  What
 * counts by itself is wrong when it stands still for many rounds.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	MAX = 65536,
	STEP_MS = 200, /* of what counts by itself */
	ROUND_MS = 50,
	STILL_ROUNDS = 1200, /* a minute: the machine may be busy */
	STACK_BYTES = 65536,
};

static size_t count;
static atomic_uint *beats; /* in shared memory: one for each */
static unsigned seen[MAX], still[MAX];
static int pairs[MAX];
static uint64_t *pages[MAX];

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void pause_ms(long ms)
{
	const struct timespec t = {ms / 1000, ms % 1000 * 1000000};

	nanosleep(&t, NULL);
}

static void beat(size_t i)
{
	for (;;) {
		atomic_fetch_add(&beats[i], 1);
		pause_ms(STEP_MS);
	}
}

static void *thread(void *i)
{
	beat((size_t)(uintptr_t)i);
	return NULL;
}

static void make_threads(void)
{
	pthread_attr_t small;
	pthread_t id;

	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, STACK_BYTES);
	for (size_t i = 0; i < count; i++)
		if (pthread_create(&id, &small, thread, (void *)(uintptr_t)i))
			die("pthread_create");
}

static void make_processes(void)
{
	for (size_t i = 0; i < count; i++) {
		pid_t pid = fork();

		if (pid < 0)
			die("fork");
		if (pid == 0) {
			prctl(PR_SET_PDEATHSIG, 9);
			beat(i);
		}
	}
}

static unsigned check_beats(void)
{
	unsigned wrong = 0;

	for (size_t i = 0; i < count; i++) {
		unsigned now = atomic_load(&beats[i]);

		still[i] = now == seen[i] ? still[i] + 1 : 0;
		seen[i] = now;
		wrong += still[i] > STILL_ROUNDS;
	}
	return wrong;
}

static void make_sockets(void)
{
	for (size_t i = 0; i + 1 < count; i += 2) {
		uint64_t number = i;

		if (socketpair(AF_UNIX, SOCK_STREAM, 0, &pairs[i]) < 0)
			die("socketpair");
		if (write(pairs[i], &number, sizeof(number)) < 0)
			die("write");
		number++;
		if (write(pairs[i + 1], &number, sizeof(number)) < 0)
			die("write");
	}
}

/* Each end has what the other wrote, which is written again. */
static unsigned check_sockets(void)
{
	unsigned wrong = 0;

	for (size_t i = 0; i < count; i++) {
		uint64_t number = 0;
		int end = pairs[i ^ 1];

		if (recv(end, &number, sizeof(number), MSG_DONTWAIT) !=
				sizeof(number) ||
			number != i ||
			write(pairs[i], &number, sizeof(number)) < 0)
			wrong++;
	}
	return wrong;
}

/* Neighbours differ in their rights, so that the kernel keeps them apart. */
static void make_maps(void)
{
	for (size_t i = 0; i < count; i++) {
		pages[i] = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (pages[i] == MAP_FAILED)
			die("mmap");
		*pages[i] = i + 1;
		if (i % 2 && mprotect(pages[i], 4096, PROT_READ) < 0)
			die("mprotect");
	}
}

static unsigned check_maps(void)
{
	unsigned wrong = 0;

	for (size_t i = 0; i < count; i++)
		wrong += *pages[i] != i + 1;
	return wrong;
}

static const struct {
	const char *name;
	void (*make)(void);
	unsigned (*check)(void);
} kinds[] = {
	{"threads", make_threads, check_beats},
	{"processes", make_processes, check_beats},
	{"sockets", make_sockets, check_sockets},
	{"maps", make_maps, check_maps},
};

static void go_round(unsigned (*check)(void), int fd)
{
	char text[32];

	for (unsigned round = 1, wrong = 0;; round++) {
		wrong += check();
		snprintf(text, sizeof(text), "%010u %010u\n", round, wrong);
		if (pwrite(fd, text, strlen(text), 0) < 0)
			die("status");
		pause_ms(ROUND_MS);
	}
}

int main(int argc, char **argv)
{
	struct rlimit files;
	int fd;

	if (argc != 4 || (count = strtoul(argv[2], NULL, 10)) > MAX) {
		fputs("usage: many KIND N STATUS\n", stderr);
		return 2;
	}
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	beats = mmap(NULL, count * sizeof(*beats), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	fd = open(argv[3], O_RDWR | O_CREAT, 0644);
	if (beats == MAP_FAILED || fd < 0)
		die(argv[3]);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (strcmp(argv[1], kinds[i].name) != 0)
			continue;
		kinds[i].make();
		go_round(kinds[i].check, fd);
	}
	return 2;
}
