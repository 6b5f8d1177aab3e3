/*
 * What passes through compression and encryption, with headers that are filled
 * in later, must come out as the same archive.
 */
#include "checkpoint-agent/archive/output.h"
#include "checkpoint-agent/archive/tarball.h"
#include "checkpoint-agent/tar/tarfile_read.h"
#include "lib/arc/age.h"
#include "lib/arc/sha256.h"
#include "lib/base/fd.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* A key pair made by age-keygen for this test; it opens nothing else. */
#define PUBLIC "age1twksp289z95led49gsh855y46cl6dn40sguvnnjresjf8qh03fdsyjtm3d"
#define SECRET                                                                 \
	"AGE-SECRET-KEY-1MSJ97LFRYP9MPGYPDCHQ3WYC"                             \
	"HQL8AL3SWJ05CM4S3YUH2KWH4YCSK68GQ6"

static char dir_path[64];
static int dir = -1;
static struct output output; /* large */
static struct tarball archive;
static struct manifest manifest;

static int set_up(void **state)
{
	(void)state;
	snprintf(dir_path, sizeof(dir_path), "/tmp/t_flow.XXXXXX");
	if (!mkdtemp(dir_path))
		return -1;
	dir = open(dir_path, O_RDONLY | O_DIRECTORY);
	return dir < 0 ? -1 : 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlinkat(dir, "out", 0);
	unlinkat(dir, "plain", 0);
	close(dir);
	return rmdir(dir_path);
}

/* Bytes that compress badly and differ for each seed. */
static void put_noise(unsigned seed, size_t n)
{
	unsigned char room[1000];
	uint32_t x = seed * 2654435761u + 1;
	struct err e = {0};

	while (n) {
		size_t now = n < sizeof(room) ? n : sizeof(room);

		for (size_t i = 0; i < now; i++) {
			x = x * 1664525u + 1013904223u;
			room[i] = i % 3 ? (unsigned char)(x >> 24) : 7;
		}
		if (tarball_put(&archive, room, now, &e) < 0)
			fail_msg("%s", e.text);
		n -= now;
	}
}

/* Members whose headers meet every edge of a chunk of 65,536. */
static const size_t sizes[] = {0, 1, 511, 512, 513, 64000, 65024, 65535, 65536,
	65537, 131072, 200000, 3, 1000000, 65536 - 1024, 0, 262144};
#define MEMBERS (sizeof(sizes) / sizeof(*sizes))

static void write_archive(const struct dump_options *options)
{
	struct err e = {0};

	if (output_open(&output, dir, "t", options, &e) < 0)
		fail_msg("%s", e.text);
	tarball_start(&archive, output.top, 1700000000);
	manifest_start(&manifest, -1);
	if (options->has_manifest)
		tarball_use_manifest(
			&archive, &manifest, output_plain_file(&output));
	for (unsigned i = 0; i < MEMBERS; i++) {
		char name[16];

		snprintf(name, sizeof(name), "m%u", i);
		assert_int_equal(
			tarball_add(&archive, "small", STR("small"), &e), 0);
		assert_int_equal(tarball_open(&archive, name, &e), 0);
		put_noise(i, sizes[i]);
		assert_int_equal(tarball_close(&archive, &e), 0);
	}
	if (tarball_end(&archive, &e) < 0)
		fail_msg("%s", e.text);
	assert_int_equal(new_file_link(&output.out, "out", &e), 0);
	assert_int_equal(new_file_finish(&output.out, &e), 0);
	manifest_free(&manifest);
	output_drop(&output);
}

static void check_content(struct tarfile_reader *r, unsigned seed, size_t n)
{
	uint32_t x = seed * 2654435761u + 1;
	size_t at = 0;
	unsigned char c;

	while (tarfile_read_bytes(r, &c, 1, NULL) == 1) {
		unsigned char want;

		x = x * 1664525u + 1013904223u;
		want = at % 1000 % 3 ? (unsigned char)(x >> 24) : 7;
		if (c != want)
			fail_msg("m%u differs at %zu", seed, at);
		at++;
	}
	assert_int_equal(at, n);
}

static void read_archive(const char *name)
{
	AUTO_FD int fd = openat(dir, name, O_RDONLY);
	struct tarfile_reader *r;
	struct tarfile_entry entry;
	struct err e = {0};

	assert_int_equal(tarfile_read_open(&r, fd, &e), 0);
	for (unsigned i = 0; i < MEMBERS; i++) {
		if (tarfile_read_next(r, &entry, &e) != 1)
			fail_msg("m%u: %s", i, e.text);
		assert_string_equal(entry.path, "small");
		assert_int_equal(tarfile_read_next(r, &entry, &e), 1);
		assert_int_equal(entry.size, sizes[i]);
		check_content(r, i, sizes[i]);
	}
	assert_int_equal(tarfile_read_next(r, &entry, &e), 0);
	tarfile_read_close(r);
}

static void open_sealed(void)
{
	AUTO_FD int in = openat(dir, "out", O_RDONLY);
	AUTO_FD int out = openat(dir, "plain", O_CREAT | O_RDWR, 0600);
	AUTO_AGE struct age *a = NULL;
	struct age_key key;
	struct err e = {0};
	char room[4096];
	ssize_t n;

	assert_int_equal(age_identity_parse(str_of(SECRET), &key, &e), 0);
	a = age_open(sink_fd(&out), &key, 1, &e);
	assert_non_null(a);
	while ((n = read(in, room, sizeof(room))) > 0)
		if (sink_put(age_sink(a), room, (size_t)n, &e) < 0)
			fail_msg("%s", e.text);
	if (age_end(a, &e) < 0)
		fail_msg("%s", e.text);
}

static void plain_comes_out(void **state)
{
	const struct dump_options options = {.compress = "none"};

	(void)state;
	write_archive(&options);
	read_archive("out");
}

static void gzip_comes_out(void **state)
{
	const struct dump_options options = {.compress = "gzip"};

	(void)state;
	write_archive(&options);
	read_archive("out");
}

static void zstd_comes_out(void **state)
{
	const struct dump_options options = {.compress = "zstd"};

	(void)state;
	write_archive(&options);
	read_archive("out");
}

static void sealed_comes_out(void **state)
{
	static const char *const compress[] = {"none", "gzip", "zstd"};
	const struct args_list to = {.item = {PUBLIC}, .n = 1};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		const struct dump_options options = {
			.compress = compress[i], .recipients = to};

		write_archive(&options);
		open_sealed();
		read_archive("plain");
		unlinkat(dir, "out", 0);
		unlinkat(dir, "plain", 0);
	}
}

static bool finds(struct str hay, struct str needle)
{
	for (size_t i = 0; i + needle.n <= hay.n; i++)
		if (memcmp(hay.p + i, needle.p, needle.n) == 0)
			return true;
	return false;
}

static void nothing_plain_is_in_a_sealed_file(void **state)
{
	const struct args_list to = {.item = {PUBLIC}, .n = 1};
	const struct dump_options options = {
		.compress = "none", .recipients = to};
	AUTO_BUF struct buf b = buf_growing(8 << 20);

	(void)state;
	write_archive(&options);
	assert_int_equal(file_read_at(dir, "out", &b, NULL), 0);
	assert_true(finds(buf_view(&b), STR("age-encryption.org/v1")));
	assert_false(finds(buf_view(&b), STR("small")));
	assert_false(finds(buf_view(&b), STR("ustar")));
}

/* ---- manifest ----------------------------------------------------------- */

static int verify(struct err *e)
{
	AUTO_FD int fd = openat(dir, "out", O_RDONLY);
	static struct input s;
	int rc;
	uint64_t members;

	rc = input_open_fd(&s, fd, NULL, e);
	if (rc == 0)
		rc = manifest_verify(&s, &members, e);
	input_close(&s);
	return rc;
}

static void manifests_are_true(void **state)
{
	static const char *const compress[] = {"none", "gzip", "zstd"};
	struct err e = {0};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		const struct dump_options options = {
			.compress = compress[i], .has_manifest = true};

		write_archive(&options);
		if (verify(&e) < 0)
			fail_msg("%s: %s", compress[i], e.text);
		unlinkat(dir, "out", 0);
	}
}

static void a_changed_byte_is_found(void **state)
{
	const struct dump_options options = {
		.compress = "none", .has_manifest = true};
	struct err e = {0};
	int fd;

	(void)state;
	write_archive(&options);
	fd = openat(dir, "out", O_WRONLY);
	assert_int_equal(pwrite(fd, "SMALL", 5, 512), 5);
	close(fd);
	assert_int_equal(verify(&e), -1);
	assert_non_null(strstr(e.text, "small"));
}

static void an_archive_without_one_is_said_to_be(void **state)
{
	const struct dump_options options = {.compress = "none"};
	struct err e = {0};

	(void)state;
	write_archive(&options);
	assert_int_equal(verify(&e), -1);
	assert_non_null(strstr(e.text, "no manifest"));
}

static void forms_that_cannot_be_had_are_refused(void **state)
{
	const struct args_list bad = {.item = {"age1nonsense"}, .n = 1};
	struct dump_options options = {.compress = "lz4"};
	struct err e = {0};

	(void)state;
	assert_int_equal(output_check(&options, &e), -1);
	assert_int_equal(e.kind, ERR_USAGE);
	options = (struct dump_options){.compress = "zstd", .recipients = bad};
	assert_int_equal(output_check(&options, &e), -1);
	options = (struct dump_options){.compress = NULL};
	assert_int_equal(output_check(&options, &e), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			plain_comes_out, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			gzip_comes_out, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			zstd_comes_out, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			sealed_comes_out, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			nothing_plain_is_in_a_sealed_file, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			manifests_are_true, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_changed_byte_is_found, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			an_archive_without_one_is_said_to_be, set_up,
			tear_down),
		cmocka_unit_test(forms_that_cannot_be_had_are_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
