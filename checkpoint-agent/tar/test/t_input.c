/* Read the bytes of archives, plain and encrypted, whole and truncated. */
#include "checkpoint-agent/tar/input.h"
#include "checkpoint-agent/tar/tarfile_read.h"
#include "lib/arc/seal.h"
#include "lib/arc/tar.h"
#include "lib/base/fd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#define PLAIN_BYTES (3 * INPUT_PIECE_BYTES + 17)

static char plain[PLAIN_BYTES];

static void fill(void)
{
	for (size_t i = 0; i < sizeof(plain); i++)
		plain[i] = (char)(i * 7 + i / 251);
}

/* A key pair by hand: 32 bytes are a secret key. */
static struct age_key secret_key(void)
{
	struct age_key k;

	memset(&k, 0x42, sizeof(k));
	return k;
}

static int seal(const void *bytes, size_t n)
{
	struct age_key secret = secret_key(), public;
	int fd = memfd_create("sealed", 0);
	struct age *a;

	assert_int_equal(
		seal_x25519_public(secret.bytes, public.bytes, NULL), 0);
	a = age_seal(sink_fd(&fd), &public, 1, NULL);
	assert_non_null(a);
	assert_int_equal(sink_put(age_sink(a), bytes, n, NULL), 0);
	assert_int_equal(age_end(a, NULL), 0);
	age_close(&a);
	lseek(fd, 0, SEEK_SET);
	return fd;
}

static int read_all(struct input *s, struct buf *b, struct err *e)
{
	const void *bytes;
	long n;

	while ((n = input_next(s, &bytes, e)) > 0)
		buf_put(b, bytes, (size_t)n);
	return (int)n;
}

/* The file with secret_key() in it. */
static const char *key_file(void)
{
	static char path[] = "/tmp/t_source-XXXXXX";
	static bool is_made;
	char text[128];
	int fd;

	if (is_made)
		return path;
	is_made = true;
	fd = mkstemp(path);
	assert_true(fd >= 0);
	/* bech32 of 32 bytes of 0x42 */
	snprintf(text, sizeof(text), "# a key\n%s\n",
		"AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYS"
		"JZGFPYYSJZGFPQ4EGAEX");
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	return path;
}

static void plain_bytes_pass(void **state)
{
	static struct input s;
	AUTO_BUF struct buf b = buf_growing(1 << 20);
	int fd = memfd_create("plain", 0);

	(void)state;
	fill();
	assert_int_equal(fd_write(fd, plain, sizeof(plain), NULL), 0);
	lseek(fd, 0, SEEK_SET);
	assert_int_equal(input_open_fd(&s, fd, NULL, NULL), 0);
	assert_int_equal(read_all(&s, &b, NULL), 0);
	input_close(&s);
	assert_int_equal(b.n, sizeof(plain));
	assert_memory_equal(b.p, plain, sizeof(plain));
	close(fd);
}

static void sealed_bytes_are_opened(void **state)
{
	static struct input s;
	struct args_list keys = {.item = {key_file()}, .n = 1};
	AUTO_BUF struct buf b = buf_growing(1 << 20);
	struct err e = {0};
	int fd;

	(void)state;
	fill();
	fd = seal(plain, sizeof(plain));
	if (input_open_fd(&s, fd, &keys, &e) < 0 || read_all(&s, &b, &e) < 0)
		fail_msg("%s", e.text);
	input_close(&s);
	assert_int_equal(b.n, sizeof(plain));
	assert_memory_equal(b.p, plain, sizeof(plain));
	lseek(fd, 0, SEEK_SET);
	assert_int_equal(input_open_fd(&s, fd, NULL, &e), -1);
	assert_int_equal(e.kind, ERR_INPUT);
	input_close(&s);
	close(fd);
}

/* A truncated file is detected even if it holds a whole tar. */
static void cut_files_are_noticed(void **state)
{
	static struct input s;
	static char room[4 * INPUT_PIECE_BYTES];
	struct args_list keys = {.item = {key_file()}, .n = 1};
	struct tarfile_reader *r;
	struct tarfile_entry entry;
	struct err e = {0};
	int fd;

	(void)state;
	memset(room, 0, sizeof(room)); /* an empty tar, and padding */
	fd = seal(room, sizeof(room));
	assert_int_equal(ftruncate(fd, lseek(fd, 0, SEEK_END) - 100), 0);
	lseek(fd, 0, SEEK_SET);
	assert_int_equal(input_open_fd(&s, fd, &keys, &e), 0);
	assert_int_equal(tarfile_read_from(&r, &s, &e), 0);
	assert_int_equal(tarfile_read_next(r, &entry, &e), -1);
	tarfile_read_close(r);
	input_close(&s);
	close(fd);
}

/* A second look begins where the first one did. */
static void bytes_can_be_peeked_at_twice(void **state)
{
	static struct input s;
	AUTO_BUF struct buf b = buf_growing(1 << 20);
	const void *bytes;
	int fd = memfd_create("plain", 0);

	(void)state;
	fill();
	assert_int_equal(fd_write(fd, plain, sizeof(plain), NULL), 0);
	lseek(fd, 0, SEEK_SET);
	assert_int_equal(input_open_fd(&s, fd, NULL, NULL), 0);
	for (int i = 0; i < 2; i++) {
		input_hold(&s);
		for (int n = 0; n <= i; n++)
			assert_true(input_next(&s, &bytes, NULL) > 0);
		assert_int_equal(input_replay(&s, NULL), 0);
	}
	assert_int_equal(read_all(&s, &b, NULL), 0);
	input_close(&s);
	assert_int_equal(b.n, sizeof(plain));
	assert_memory_equal(b.p, plain, sizeof(plain));
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_bytes_pass),
		cmocka_unit_test(sealed_bytes_are_opened),
		cmocka_unit_test(cut_files_are_noticed),
		cmocka_unit_test(bytes_can_be_peeked_at_twice),
	};
	int failed;

	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(key_file());
	return failed;
}
