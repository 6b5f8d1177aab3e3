/* Unit tests of lib/arc/tar_read: what tar writes, and what others must not. */
#include "lib/arc/tar_read.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define ROOM (1u << 20)

/* Entries told go into a buffer: a line an entry, its content behind. */
static int hear_entry(void *self, const struct tar_entry *t, struct err *e)
{
	struct buf *b = self;

	(void)e;
	buf_fmt(b, "\n%c %o %u:%u %llu %lld %.*s", t->type, (unsigned)t->mode,
		t->uid, t->gid, (unsigned long long)t->size,
		(long long)t->mtime_s, STR_ARG(t->path));
	if (t->link.n)
		buf_fmt(b, " -> %.*s", STR_ARG(t->link));
	for (size_t i = 0; i < t->xattr_count; i++)
		buf_fmt(b, " %.*s=%.*s", STR_ARG(t->xattrs[i].name),
			STR_ARG(t->xattrs[i].value));
	buf_text(b, ": ");
	return 0;
}

static int hear_data(void *self, const void *bytes, size_t n, struct err *e)
{
	(void)e;
	buf_put(self, bytes, n);
	return 0;
}

/* Read an archive in pieces of `step` bytes. */
static int read_all(
	struct str archive, size_t step, struct buf *out, struct err *e)
{
	const struct tar_told told = {hear_entry, hear_data, out};
	AUTO_TAR_READER struct tar_reader *r = tar_read_open(&told, e);

	for (size_t i = 0; i < archive.n; i += step) {
		struct str s = str_sub(archive, i, step);

		if (sink_put(tar_read_sink(r), s.p, s.n, e) < 0)
			return -1;
	}
	return tar_read_end(r, e);
}

static void add(struct tar *w, struct tar_entry t, const char *content)
{
	assert_int_equal(tar_file(w, &t, str_of(content), NULL), 0);
}

static void fill(struct buf *b)
{
	const struct tar_xattr x[] = {
		{STR("security.capability"), STR("=\n1")}};
	struct tar w = tar_start(sink_buf(b));
	static char deep[301];

	memset(deep, 'd', 300);
	add(&w,
		(struct tar_entry){
			.type = TAR_DIR, .path = STR("tmp"), .mode = 01777},
		"");
	add(&w,
		(struct tar_entry){.type = TAR_FILE,
			.path = STR("a"),
			.uid = 3000000,
			.gid = 8,
			.mtime_s = -5},
		"hello");
	add(&w,
		(struct tar_entry){.type = TAR_FILE,
			.path = {deep, 300},
			.xattrs = x,
			.xattr_count = 1},
		"world");
	add(&w,
		(struct tar_entry){.type = TAR_SYMLINK,
			.path = STR("l"),
			.link = {deep, 200},
			.mode = 0777},
		"");
	add(&w, (struct tar_entry){.type = TAR_FILE, .path = STR("last")}, "");
	assert_int_equal(tar_end(&w, NULL), 0);
}

static void expect(struct buf *b)
{
	char deep[301] = {0};

	memset(deep, 'd', 300);
	buf_text(b, "\n5 1777 0:0 0 0 tmp: \n0 0 3000000:8 5 -5 a: hello");
	buf_fmt(b, "\n0 0 0:0 5 0 %s security.capability==\n1: world", deep);
	buf_fmt(b, "\n2 777 0:0 0 0 l -> %.200s: \n0 0 0:0 0 0 last: ", deep);
}

static void what_is_written_is_read(void **state)
{
	static const size_t steps[] = {1, 7, 512, 513, 100000};
	AUTO_BUF struct buf archive = buf_growing(ROOM);
	AUTO_BUF struct buf want = buf_growing(ROOM);

	(void)state;
	fill(&archive);
	expect(&want);
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		AUTO_BUF struct buf got = buf_growing(ROOM);

		assert_int_equal(
			read_all(buf_view(&archive), steps[i], &got, NULL), 0);
		assert_string_equal(buf_cstr(&got), buf_cstr(&want));
	}
}

static void refused(struct str archive, const char *says)
{
	AUTO_BUF struct buf got = buf_growing(ROOM);
	struct err e = {0};

	assert_int_equal(read_all(archive, 512, &got, &e), -1);
	if (!strstr(e.text, says))
		fail_msg("%s, not %s", e.text, says);
}

static void every_cut_is_noticed(void **state)
{
	AUTO_BUF struct buf archive = buf_growing(ROOM);

	(void)state;
	fill(&archive);
	for (size_t n = 0; n < archive.n; n += 256)
		refused(str_sub(buf_view(&archive), 0, n), "ends too early");
}

static void set_sum(char *h)
{
	unsigned int sum = 0;

	memset(h + 148, ' ', 8);
	for (size_t i = 0; i < TAR_BLOCK_BYTES; i++)
		sum += (unsigned char)h[i];
	snprintf(h + 148, 8, "%06o", sum);
}

/* One file's header with bytes changed and the sum made right again. */
static void put_changed(
	struct buf *b, const char *path, size_t at, const char *bytes, size_t n)
{
	const struct tar_entry t = {.type = TAR_FILE, .path = str_of(path)};
	unsigned char h[TAR_BLOCK_BYTES];

	assert_int_equal(tar_header(&t, h, NULL), 0);
	memcpy(h + at, bytes, n);
	set_sum((char *)h);
	buf_reset(b);
	buf_put(b, h, sizeof(h));
}

static void damaged_headers_are_refused(void **state)
{
	AUTO_BUF struct buf b = buf_growing(ROOM);

	(void)state;
	put_changed(&b, "aa", 0, "/", 1);
	refused(buf_view(&b), "leads out");
	put_changed(&b, "aa/b", 0, "..", 2);
	refused(buf_view(&b), "leads out");
	put_changed(&b, "a", 156, "L", 1);
	refused(buf_view(&b), "type");
	put_changed(&b, "a", 257, "tar", 3);
	refused(buf_view(&b), "not ustar");
	put_changed(&b, "a", 124, "12x", 3);
	refused(buf_view(&b), "number at byte 124");
	put_changed(&b, "a", 124, "\xff\xff\xff\xff", 4);
	refused(buf_view(&b), "number at byte 124");
	put_changed(&b, "a", 124, "\x80\x01", 2);
	refused(buf_view(&b), "number at byte 124");
	b.p[3] ^= 1;
	refused(buf_view(&b), "checksum");
}

static void damaged_records_are_refused(void **state)
{
	static const char *const bad[] = {"5 a=b\n", "6 a=bc", "99 a=b\n",
		"6 abc\n", "x", "0 a=b\n", "16 size=12345x\n"};
	AUTO_BUF struct buf b = buf_growing(ROOM);

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		char size[13];

		snprintf(size, sizeof(size), "%011o",
			(unsigned)strlen(bad[i]) & 0777);
		put_changed(&b, "x", 124, size, 12);
		b.p[156] = 'x';
		set_sum(b.p);
		buf_text(&b, bad[i]);
		buf_fill(&b, '\0', tar_padding(strlen(bad[i])));
		refused(buf_view(&b), "damaged pax record");
	}
}

static void bytes_behind_the_end_are_refused(void **state)
{
	AUTO_BUF struct buf b = buf_growing(ROOM);

	(void)state;
	fill(&b);
	buf_fill(&b, '\0', 512);
	buf_fill(&b, 'x', 512);
	refused(buf_view(&b), "behind the end");
}

static void odd_spellings_of_plain_paths_are_read(void **state)
{
	AUTO_BUF struct buf b = buf_growing(ROOM);
	AUTO_BUF struct buf got = buf_growing(ROOM);

	(void)state;
	put_changed(&b, "aaaa", 0, "./a/", 4);
	buf_fill(&b, '\0', 1024);
	assert_int_equal(read_all(buf_view(&b), 512, &got, NULL), 0);
	assert_string_equal(buf_cstr(&got), "\n0 0 0:0 0 0 a: ");
	put_changed(&b, "aa", 0, "./", 2);
	buf_fill(&b, '\0', 1024);
	buf_reset(&got);
	assert_int_equal(read_all(buf_view(&b), 512, &got, NULL), 0);
	assert_int_equal(got.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(every_cut_is_noticed),
		cmocka_unit_test(damaged_headers_are_refused),
		cmocka_unit_test(damaged_records_are_refused),
		cmocka_unit_test(bytes_behind_the_end_are_refused),
		cmocka_unit_test(odd_spellings_of_plain_paths_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
