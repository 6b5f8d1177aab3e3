/* tar_read: what tar.h writes is read back, malformed archives are refused. */
#include "lib/arc/tar.h"
#include "lib/arc/tar_header.h"
#include "lib/arc/tar_read.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define ROOM (1u << 20)

/* Entries go into a buffer: a line each, followed by its content. */
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
	const struct tar_visitor visitor = {hear_entry, hear_data, out};
	AUTO_TAR_READER struct tar_reader *r = tar_read_open(&visitor, e);

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

static void written_archives_are_read_back(void **state)
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

static void every_truncation_is_noticed(void **state)
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

/* A file's header with bytes changed and a correct checksum. */
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
	refused(buf_view(&b), "field size");
	put_changed(&b, "a", 124, "\xff\xff\xff\xff", 4);
	refused(buf_view(&b), "field size");
	put_changed(&b, "a", 124, "\x80\x01", 2);
	refused(buf_view(&b), "field size");
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

/* An empty pax header does not swallow the content of the next entry. */
static void empty_pax_headers_are_skipped(void **state)
{
	AUTO_BUF struct buf b = buf_growing(ROOM);
	AUTO_BUF struct buf file = buf_growing(ROOM);
	AUTO_BUF struct buf got = buf_growing(ROOM);

	(void)state;
	put_changed(&b, "x", 124, "00000000000", 12);
	b.p[156] = 'x';
	set_sum(b.p);
	put_changed(&file, "a", 124, "00000000001", 12);
	buf_str(&b, buf_view(&file));
	buf_byte(&b, '!');
	buf_fill(&b, '\0', tar_padding(1) + TAR_END_BYTES);
	assert_int_equal(read_all(buf_view(&b), 512, &got, NULL), 0);
	assert_string_equal(buf_cstr(&got), "\n0 0 0:0 1 0 a: !");
}

/* A header of type `type` that announces content of n bytes. */
static void put_sized(struct buf *b, const char *path, char type, unsigned n)
{
	AUTO_BUF struct buf one = buf_growing(ROOM);
	char size[13];

	snprintf(size, sizeof(size), "%011o", n & 0777);
	put_changed(&one, "a", 124, size, 12);
	memcpy(one.p, path, strlen(path));
	one.p[156] = type;
	set_sum(one.p);
	buf_str(b, buf_view(&one));
}

static void put_records(struct buf *b, const char *records)
{
	put_sized(b, "x", 'x', (unsigned)strlen(records));
	buf_text(b, records);
	buf_fill(b, '\0', tar_padding(strlen(records)));
}

/* GNU tar, libarchive and Go's reader disagree about each of these. */
static void what_two_readers_take_differently_is_refused(void **state)
{
	static const char *const records[] = {"8 path=\n",
		"10 path=a\n10 path=b\n", "10 size=1\n10 size=1\n"};
	static const char no_files[] = {
		TAR_DIR, TAR_SYMLINK, TAR_HARD_LINK, TAR_FIFO, TAR_CHAR};
	AUTO_BUF struct buf b = buf_growing(ROOM);

	(void)state;
	for (size_t i = 0; i < sizeof(no_files); i++) {
		buf_reset(&b);
		put_sized(&b, "d", no_files[i], 1);
		refused(buf_view(&b), "only a file may have content");
	}
	buf_reset(&b);
	put_sized(&b, ".", TAR_FILE, 1);
	refused(buf_view(&b), "only a file may have content");
	buf_reset(&b);
	put_sized(&b, ".", TAR_FILE, 0);
	refused(buf_view(&b), "without a name");
	buf_reset(&b);
	put_sized(&b, "d/", TAR_FILE, 0);
	refused(buf_view(&b), "is not a directory");
	for (size_t i = 0; i < sizeof(records) / sizeof(*records); i++) {
		buf_reset(&b);
		put_records(&b, records[i]);
		refused(buf_view(&b), "damaged pax record");
	}
	buf_reset(&b);
	put_records(&b, "10 path=a\n");
	put_records(&b, "10 path=b\n");
	refused(buf_view(&b), "two pax headers");
	buf_reset(&b);
	put_records(&b, "10 size=1\n");
	put_sized(&b, "f", TAR_FILE, 2);
	refused(buf_view(&b), "its pax header 1");
	buf_reset(&b);
	put_records(&b, "10 path=a\n");
	buf_fill(&b, '\0', TAR_END_BYTES);
	refused(buf_view(&b), "ends too early");
	put_changed(&b, "f", 262, "  \0a", 4);
	b.p[345] = 'a';
	set_sum(b.p);
	refused(buf_view(&b), "GNU header");
}

static void bytes_after_the_end_are_refused(void **state)
{
	AUTO_BUF struct buf b = buf_growing(ROOM);

	(void)state;
	fill(&b);
	buf_fill(&b, '\0', 512);
	buf_fill(&b, 'x', 512);
	refused(buf_view(&b), "after the end");
}

static void paths_are_normalised(void **state)
{
	AUTO_BUF struct buf b = buf_growing(ROOM);
	AUTO_BUF struct buf got = buf_growing(ROOM);

	(void)state;
	put_changed(&b, "aaaa", 0, "./a/", 4);
	b.p[156] = TAR_DIR;
	set_sum(b.p);
	buf_fill(&b, '\0', 1024);
	assert_int_equal(read_all(buf_view(&b), 512, &got, NULL), 0);
	assert_string_equal(buf_cstr(&got), "\n5 0 0:0 0 0 a: ");
	put_changed(&b, "aa", 0, "./", 2);
	b.p[156] = TAR_DIR;
	set_sum(b.p);
	buf_fill(&b, '\0', 1024);
	buf_reset(&got);
	assert_int_equal(read_all(buf_view(&b), 512, &got, NULL), 0);
	assert_int_equal(got.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(written_archives_are_read_back),
		cmocka_unit_test(every_truncation_is_noticed),
		cmocka_unit_test(damaged_headers_are_refused),
		cmocka_unit_test(damaged_records_are_refused),
		cmocka_unit_test(empty_pax_headers_are_skipped),
		cmocka_unit_test(what_two_readers_take_differently_is_refused),
		cmocka_unit_test(bytes_after_the_end_are_refused),
		cmocka_unit_test(paths_are_normalised),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
