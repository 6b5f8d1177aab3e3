/*
 * Fuzz lib/arc/tar_read beside libarchive: an archive that both read to its
 * end holds the same entries, with the same content, for both.
 */
#include "lib/arc/sha256.h"
#include "lib/arc/tar_read.h"
#include "lib/arc/tar_ustar.h"
#include "lib/base/buf.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LISTING_BYTES ((size_t)8 << 20)

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct listing {
	struct buf text; /* a line for each entry */
	struct sha256 hash;
	bool is_open;
};

static void end_entry(struct listing *l)
{
	unsigned char digest[SHA256_BYTES];
	char hex[SHA256_HEX + 1];

	if (!l->is_open)
		return;
	sha256_finish(&l->hash, digest);
	str_hex(digest, sizeof(digest), hex);
	buf_fmt(&l->text, " %s\n", hex);
	l->is_open = false;
}

static void begin_entry(struct listing *l, char type, struct str path)
{
	end_entry(l);
	buf_fmt(&l->text, "%c %.*s", type, STR_ARG(path));
	sha256_start(&l->hash);
	l->is_open = true;
}

/* ---- ours --------------------------------------------------------------- */

static int take_entry(void *self, const struct tar_entry *t, struct err *e)
{
	struct listing *l = self;

	(void)e;
	begin_entry(l, (char)t->type, t->path);
	if (t->type == TAR_SYMLINK || t->type == TAR_HARD_LINK)
		buf_fmt(&l->text, " -> %.*s", STR_ARG(t->link));
	return 0;
}

static int take_data(void *self, const void *bytes, size_t n, struct err *e)
{
	struct listing *l = self;

	(void)e;
	sha256_add(&l->hash, bytes, n);
	return 0;
}

static int read_ours(const uint8_t *data, size_t size, struct listing *l)
{
	const struct tar_visitor visitor = {take_entry, take_data, l};
	AUTO_TAR_READER struct tar_reader *r = tar_read_open(&visitor, NULL);
	int rc = sink_put(tar_read_sink(r), data, size, NULL);

	if (rc == 0)
		rc = tar_read_end(r, NULL);
	end_entry(l);
	return rc;
}

/* ---- libarchive --------------------------------------------------------- */

/* "./a/" is "a", as tar_decode_path() has it. */
static struct str plain_path(const char *path)
{
	struct str s = str_of(path);

	while (str_has_prefix(s, STR("./")))
		s = str_sub(s, 2, s.n);
	while (s.n && s.p[s.n - 1] == '/')
		s.n--;
	return str_is(s, ".") ? STR("") : s;
}

static char type_of(struct archive_entry *t)
{
	if (archive_entry_hardlink(t))
		return TAR_HARD_LINK;
	switch (archive_entry_filetype(t)) {
	case AE_IFDIR:
		return TAR_DIR;
	case AE_IFLNK:
		return TAR_SYMLINK;
	case AE_IFCHR:
		return TAR_CHAR;
	case AE_IFBLK:
		return TAR_BLOCK;
	case AE_IFIFO:
		return TAR_FIFO;
	default:
		return TAR_FILE;
	}
}

static void put_theirs(
	struct listing *l, struct archive *a, struct archive_entry *t)
{
	const char *path = archive_entry_pathname(t);
	const char *link = archive_entry_hardlink(t);
	struct str name = plain_path(path ? path : "?");
	const void *piece;
	size_t n;
	la_int64_t at;

	if (!name.n)
		return; /* the root */
	begin_entry(l, type_of(t), name);
	if (!link && archive_entry_filetype(t) == AE_IFLNK)
		link = archive_entry_symlink(t);
	if (link || archive_entry_filetype(t) == AE_IFLNK)
		buf_fmt(&l->text, " -> %s", link ? link : "");
	while (archive_read_data_block(a, &piece, &n, &at) == ARCHIVE_OK)
		sha256_add(&l->hash, piece, n);
}

static int read_theirs(const uint8_t *data, size_t size, struct listing *l)
{
	struct archive *a = archive_read_new();
	struct archive_entry *t;
	int rc;

	archive_read_support_format_tar(a);
	rc = archive_read_open_memory(a, data, size);
	while (rc == ARCHIVE_OK || rc == ARCHIVE_WARN) {
		rc = archive_read_next_header(a, &t);
		if (rc == ARCHIVE_OK || rc == ARCHIVE_WARN)
			put_theirs(l, a, t);
	}
	end_entry(l);
	archive_read_free(a);
	return rc == ARCHIVE_EOF ? 0 : -1;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	/* libarchive converts names by the locale; C.UTF-8 keeps them. */
	setlocale(LC_ALL, "C.UTF-8");
	return 0;
}

static void set_sum(uint8_t *block)
{
	struct tar_ustar h;
	unsigned int sum = 0;

	memcpy(&h, block, sizeof(h));
	if (memcmp(h.magic, "ustar", 5) != 0)
		return;
	memset(h.sum, ' ', sizeof(h.sum));
	memcpy(block, &h, sizeof(h));
	for (size_t i = 0; i < sizeof(h); i++)
		sum += block[i];
	snprintf(h.sum, sizeof(h.sum), "%06o", sum);
	memcpy(block, &h, sizeof(h));
}

/* A copy in which every header has its checksum: mutants get past it. */
static uint8_t *with_sums(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size + 1);

	if (!copy)
		abort();
	memcpy(copy, data, size);
	for (size_t at = 0; at + TAR_BLOCK_BYTES <= size; at += TAR_BLOCK_BYTES)
		set_sum(copy + at);
	return copy;
}

static void compare(const uint8_t *data, size_t size)
{
	struct listing ours = {.text = buf_growing(LISTING_BYTES)};
	struct listing theirs = {.text = buf_growing(LISTING_BYTES)};

	if (read_ours(data, size, &ours) == 0 &&
		read_theirs(data, size, &theirs) == 0 &&
		!str_eq(buf_view(&ours.text), buf_view(&theirs.text))) {
		fprintf(stderr, "ours:\n%s\nlibarchive:\n%s\n",
			buf_cstr(&ours.text), buf_cstr(&theirs.text));
		abort();
	}
	buf_free(&ours.text);
	buf_free(&theirs.text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = with_sums(data, size);

	compare(copy, size);
	free(copy);
	return 0;
}
