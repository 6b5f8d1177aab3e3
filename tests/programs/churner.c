/*
 * churner - keep changing memory, and check that it holds what was written.
 *
 * usage: churner private|shared MIB FILE
 *
 * A table records for each page the number it was filled with, or 0 for a page
 * of zeros.  Every step checks some pages in turn and changes some random ones:
 * a page is filled, cleared by writing zeros or, when it is private, dropped
 * with MADV_DONTNEED or mapped anew.  FILE receives the number of steps and the
 * number of wrong pages, ten digits each.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum {
	PAGE_BYTES = 4096,
	WORDS = PAGE_BYTES / sizeof(uint64_t),
	STEP_MS = 5,
	PAGES_PER_STEP = 4,
	WAYS = 8,
};

static int sharing;      /* MAP_PRIVATE or MAP_SHARED */
static uint64_t *memory; /* WORDS for each page */
static uint64_t *wanted; /* one for each page */

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static uint64_t random_number(void)
{
	static uint64_t x = UINT64_C(0x9e3779b97f4a7c15);

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return x;
}

static void *map(void *at, size_t bytes)
{
	void *p = mmap(at, bytes, PROT_READ | PROT_WRITE,
		sharing | MAP_ANONYMOUS | (at ? MAP_FIXED : 0), -1, 0);

	if (p == MAP_FAILED)
		die("mmap");
	return p;
}

static int is_right(size_t page)
{
	const uint64_t *p = memory + page * WORDS;

	for (size_t i = 0; i < WORDS; i++)
		if (p[i] != (wanted[page] ? wanted[page] + i : 0))
			return 0;
	return 1;
}

static void change(size_t page)
{
	uint64_t *p = memory + page * WORDS;
	uint64_t way = random_number() % WAYS;

	wanted[page] = way < WAYS - 3 ? random_number() | 1 : 0;
	if (sharing == MAP_PRIVATE && way == WAYS - 1)
		map(p, PAGE_BYTES);
	else if (sharing == MAP_PRIVATE && way == WAYS - 2)
		madvise(p, PAGE_BYTES, MADV_DONTNEED);
	else
		for (size_t i = 0; i < WORDS; i++)
			p[i] = wanted[page] ? wanted[page] + i : 0;
}

static void write_status(int fd, uint64_t steps, uint64_t wrong)
{
	char text[32];
	int n = snprintf(text, sizeof(text), "%010llu %010llu\n",
		(unsigned long long)steps, (unsigned long long)wrong);

	if (pwrite(fd, text, (size_t)n, 0) != n)
		die("write");
}

int main(int argc, char **argv)
{
	const struct timespec pause = {0, STEP_MS * 1000000};
	size_t pages = argc == 4 ? (size_t)atol(argv[2]) << 8 : 0;
	uint64_t steps = 0, wrong = 0;
	int fd;

	if (!pages || (fd = open(argv[3], O_WRONLY | O_CREAT, 0644)) < 0)
		die("usage: churner private|shared MIB FILE");
	sharing = argv[1][0] == 's' ? MAP_SHARED : MAP_PRIVATE;
	memory = map(NULL, pages * PAGE_BYTES);
	wanted = map(NULL, pages * sizeof(*wanted));
	for (size_t i = 0; i < pages; i++)
		change(i);
	for (;; steps++) {
		/* check the pages in turn, change random ones */
		for (int i = 0; i < PAGES_PER_STEP; i++) {
			wrong += !is_right(
				(steps * PAGES_PER_STEP + (size_t)i) % pages);
			change(random_number() % pages);
		}
		write_status(fd, steps, wrong);
		nanosleep(&pause, NULL);
	}
}
