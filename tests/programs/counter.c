/*
 * counter - count in a file, so that a test sees whether memory came back.
 *
 * usage: counter [-m MIB [-z PERCENT]] [-o N] FILE...
 *
 * It counts up twenty times a second and writes the count, ten digits and a
 * newline, over the start of each FILE.  The count itself is kept in memory
 * only: after a restore it continues if memory came back, and starts again at
 * zero if it did not.
 *   -m  hold this much memory, filled with bytes that compress badly; every
 *       step checks a part of it, and a wrong word ends the program
 *   -z  make this percentage of its pages zero, spread at random
 *   -o  say every Nth count on standard output
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	FILES_MAX = 8,
	STEP_MS = 50,
	WORDS_PER_MIB = (1 << 20) / sizeof(uint64_t),
	PAGE_BYTES = 4096,
	WORDS_PER_PAGE = PAGE_BYTES / sizeof(uint64_t),
	CHECKED_PER_STEP = 4096,
};

struct ballast {
	uint64_t *words;
	size_t count;
	uint64_t zero_percent;
};

/* Number i of a splitmix64 sequence. */
static uint64_t number_of(uint64_t i)
{
	uint64_t z = (i + 1) * UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static uint64_t word_of(const struct ballast *b, size_t i)
{
	if (number_of(i / WORDS_PER_PAGE) % 100 < b->zero_percent)
		return 0;
	return number_of(i);
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

/* Pages of zeros are written too, so that they exist. */
static struct ballast ballast_fill(const char *mib, const char *zero_percent)
{
	struct ballast b = {
		.count = strtoul(mib, NULL, 10) * WORDS_PER_MIB,
		.zero_percent = strtoul(zero_percent, NULL, 10),
	};

	b.words = aligned_alloc(PAGE_BYTES, b.count * sizeof(*b.words));
	if (!b.words && b.count)
		die("memory");
	for (size_t i = 0; i < b.count; i++)
		b.words[i] = word_of(&b, i);
	return b;
}

/* Check the next part of the ballast; a changed word ends the program. */
static void ballast_check(const struct ballast *b, uint64_t step)
{
	if (b->count == 0)
		return;
	for (size_t k = 0; k < CHECKED_PER_STEP; k++) {
		size_t i = (step * CHECKED_PER_STEP + k) % b->count;

		if (b->words[i] != word_of(b, i)) {
			fprintf(stderr, "word %zu changed\n", i);
			exit(1);
		}
	}
}

static void count_write(int fd, uint64_t count)
{
	char text[32];
	int n = snprintf(
		text, sizeof(text), "%010llu\n", (unsigned long long)count);

	if (pwrite(fd, text, (size_t)n, 0) != n)
		die("pwrite");
}

int main(int argc, char **argv)
{
	const struct timespec pause = {.tv_nsec = STEP_MS * 1000000L};
	struct ballast ballast;
	int fds[FILES_MAX];
	const char *mib = "0", *zero_percent = "0", *often = "0";
	uint64_t every;
	int files = 0;
	int arg = 1;

	for (; arg + 1 < argc && argv[arg][0] == '-'; arg += 2)
		*(argv[arg][1] == 'z'         ? &zero_percent
			: argv[arg][1] == 'o' ? &often
					      : &mib) = argv[arg + 1];
	every = strtoul(often, NULL, 10);
	ballast = ballast_fill(mib, zero_percent);
	for (; arg < argc && files < FILES_MAX; arg++, files++) {
		fds[files] = open(argv[arg], O_RDWR | O_CREAT, 0644);
		if (fds[files] < 0)
			die(argv[arg]);
	}
	for (uint64_t count = 0;; count++) {
		for (int i = 0; i < files; i++)
			count_write(fds[i], count);
		ballast_check(&ballast, count);
		if (every && count % every == 0 &&
			dprintf(STDOUT_FILENO, "count %llu\n",
				(unsigned long long)count) < 0)
			die("standard output");
		nanosleep(&pause, NULL);
	}
}
