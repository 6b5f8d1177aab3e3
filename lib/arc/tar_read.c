/*
 * Reading after POSIX.1-2017 pax.  Three places the stream can be at: a
 * header block, content (or what pads it), and the zero blocks of the end.
 * A pax header is content that is kept, and applied to the next entry.
 *
 * Refused: a wrong checksum, an unknown type, a number out of range, a path
 * that is absolute or climbs, an extended header larger than PAX_MAX_BYTES,
 * anything but zeros behind the end.
 */
#include "lib/arc/tar_read.h"

#include <stdlib.h>
#include <string.h>

#define PAX_MAX_BYTES  ((size_t)1 << 20)
#define PAX_XATTRS_MAX 32
#define XATTR_PREFIX   STR("SCHILY.xattr.")

struct tar_reader {
	struct tar_told told;
	unsigned char block[TAR_BLOCK_BYTES];
	size_t have;        /* bytes of the block */
	uint64_t left;      /* content still to come */
	size_t pad;         /* zeros behind it */
	bool is_pax;        /* the content is a pax header */
	unsigned int zeros; /* zero blocks seen: 2 end the archive */

	struct buf pax; /* the records that the next entry gets */
	struct str path, link;
	bool has_size;
	uint64_t size;
	struct tar_xattr xattrs[PAX_XATTRS_MAX];
	size_t xattr_count;
};

struct tar_reader *tar_read_open(const struct tar_told *told, struct err *e)
{
	struct tar_reader *r = calloc(1, sizeof(*r));

	if (!r) {
		err_kind(e, ERR_LIMIT, "out of memory");
		return NULL;
	}
	r->told = *told;
	r->pax = buf_growing(PAX_MAX_BYTES);
	return r;
}

void tar_read_close(struct tar_reader **r)
{
	if (!*r)
		return;
	buf_free(&(*r)->pax);
	free(*r);
	*r = NULL;
}

/* ---- fields of a header ----------------------------------------------- */

/* Offsets and lengths of the ustar header. */
struct field {
	size_t at, n;
};

static const struct field f_name = {0, 100}, f_mode = {100, 8},
			  f_uid = {108, 8}, f_gid = {116, 8},
			  f_size = {124, 12}, f_mtime = {136, 12},
			  f_sum = {148, 8}, f_link = {157, 100},
			  f_magic = {257, 5}, f_major = {329, 8},
			  f_minor = {337, 8}, f_prefix = {345, 155};
#define TYPE_AT    156
#define NAME_BYTES 256 /* prefix, '/' and name */

static struct str text_at(const unsigned char *block, struct field f)
{
	struct str s = {(const char *)block + f.at, f.n};

	s.n = str_find(s, '\0');
	return s;
}

/* Big-endian two's complement; the first byte is only a mark. */
static int base_256(const unsigned char *p, size_t n, int64_t *out)
{
	unsigned char fill = p[0] == 0xff ? 0xff : 0;
	uint64_t v = fill ? UINT64_MAX : 0;

	if (p[0] != 0x80 && p[0] != 0xff)
		return -1;
	for (size_t i = 1; i < n; i++) {
		if (i < n - sizeof(v) && p[i] != fill)
			return -1;
		v = v << 8 | p[i];
	}
	if (v >> 63 != (fill != 0))
		return -1;
	*out = (int64_t)v;
	return 0;
}

/* Octal digits between blanks and NULs; nothing at all is 0. */
static int octal(const unsigned char *p, size_t n, int64_t *out)
{
	size_t i = 0;

	*out = 0;
	while (i < n && p[i] == ' ')
		i++;
	for (; i < n && p[i] >= '0' && p[i] <= '7'; i++)
		*out = *out * 8 + (p[i] - '0');
	for (; i < n; i++)
		if (p[i] != ' ' && p[i] != '\0')
			return -1;
	return 0;
}

static int number_at(const unsigned char *block, struct field f, int64_t min,
	int64_t max, int64_t *out, struct err *e)
{
	const unsigned char *p = block + f.at;
	int r = p[0] & 0x80 ? base_256(p, f.n, out) : octal(p, f.n, out);

	if (r < 0 || *out < min || *out > max)
		return err_kind(e, ERR_INPUT,
			"tar: number at byte %zu of a "
			"header",
			f.at);
	return 0;
}

static int check_block(const unsigned char *block, struct err *e)
{
	int64_t want = 0, sum = 0;

	if (number_at(block, f_sum, 0, INT64_MAX, &want, e) < 0)
		return -1;
	for (size_t i = 0; i < TAR_BLOCK_BYTES; i++)
		sum += i >= f_sum.at && i < f_sum.at + f_sum.n ? ' ' : block[i];
	if (sum != want)
		return err_kind(e, ERR_INPUT, "tar: wrong header checksum");
	if (!str_is(text_at(block, f_magic), "ustar"))
		return err_kind(e, ERR_INPUT, "tar: not ustar or pax");
	return 0;
}

/* ---- pax records ------------------------------------------------------ */

static int refuse_record(struct err *e)
{
	return err_kind(e, ERR_INPUT, "tar: damaged pax record");
}

static int apply_record(
	struct tar_reader *r, struct str key, struct str value, struct err *e)
{
	struct str name = str_sub(key, XATTR_PREFIX.n, key.n);
	bool is_name = str_is(key, "path") || str_is(key, "linkpath");

	if (is_name && str_find(value, '\0') < value.n)
		return refuse_record(e);
	if (str_is(key, "path"))
		r->path = value;
	else if (str_is(key, "linkpath"))
		r->link = value;
	else if (str_has_prefix(key, STR("GNU.sparse.")))
		return err_kind(e, ERR_INPUT, "tar: sparse file");
	else if (str_is(key, "size")) {
		r->has_size = true;
		if (str_u64(value, 0, INT64_MAX, &r->size) < 0)
			return refuse_record(e);
	} else if (str_has_prefix(key, XATTR_PREFIX)) {
		if (r->xattr_count == PAX_XATTRS_MAX)
			return err_kind(
				e, ERR_LIMIT, "tar: too many attributes");
		r->xattrs[r->xattr_count++] = (struct tar_xattr){name, value};
	}
	return 0;
}

/* "LENGTH key=value\n", one behind the other. */
static int apply_records(struct tar_reader *r, struct err *e)
{
	struct str all = buf_view(&r->pax), digits, record, key;

	while (all.n) {
		struct str rest = all;
		uint64_t n;

		if (!str_cut(&rest, ' ', &digits) ||
			str_u64(digits, digits.n + 2, all.n, &n) < 0)
			return refuse_record(e);
		record = str_sub(all, digits.n + 1, n - digits.n - 1);
		if (record.p[record.n - 1] != '\n')
			return refuse_record(e);
		record.n--;
		if (str_find(record, '=') == record.n)
			return refuse_record(e);
		str_cut(&record, '=', &key);
		if (apply_record(r, key, record, e) < 0)
			return -1;
		all = str_sub(all, n, all.n);
	}
	return 0;
}

static void forget_records(struct tar_reader *r)
{
	buf_reset(&r->pax);
	r->path = r->link = (struct str){NULL, 0};
	r->has_size = false;
	r->xattr_count = 0;
}

/* ---- entries ---------------------------------------------------------- */

static int read_numbers(
	const unsigned char *block, struct tar_entry *t, struct err *e)
{
	int64_t mode, uid, gid, size, major, minor;

	if (number_at(block, f_mode, 0, INT32_MAX, &mode, e) < 0 ||
		number_at(block, f_uid, 0, UINT32_MAX, &uid, e) < 0 ||
		number_at(block, f_gid, 0, UINT32_MAX, &gid, e) < 0 ||
		number_at(block, f_size, 0, INT64_MAX, &size, e) < 0 ||
		number_at(block, f_major, 0, INT32_MAX, &major, e) < 0 ||
		number_at(block, f_minor, 0, INT32_MAX, &minor, e) < 0 ||
		number_at(block, f_mtime, INT64_MIN, INT64_MAX, &t->mtime_s,
			e) < 0)
		return -1;
	t->mode = (uint32_t)mode & 07777;
	t->uid = (uint32_t)uid;
	t->gid = (uint32_t)gid;
	t->size = (uint64_t)size;
	t->dev_major = (uint32_t)major;
	t->dev_minor = (uint32_t)minor;
	return 0;
}

/* PREFIX/NAME of the block, into text. */
static struct str joined(const unsigned char *block, struct buf *text)
{
	struct str prefix = text_at(block, f_prefix);

	buf_str(text, prefix);
	if (prefix.n)
		buf_byte(text, '/');
	buf_str(text, text_at(block, f_name));
	return buf_view(text);
}

/* "./a/" is "a"; the root itself is "". */
static struct str plain(struct str path)
{
	while (str_has_prefix(path, STR("./")))
		path = str_sub(path, 2, path.n);
	while (path.n && path.p[path.n - 1] == '/')
		path.n--;
	return str_is(path, ".") ? (struct str){"", 0} : path;
}

static int check_path(struct str path, struct err *e)
{
	struct str rest = path, part;

	while (path.n && str_cut(&rest, '/', &part))
		if (!part.n || str_is(part, "..") || str_is(part, "."))
			return err_kind(e, ERR_INPUT,
				"tar: path %.*s leads out", STR_ARG(path));
	return 0;
}

static int type_of(char c, enum tar_type *out, struct err *e)
{
	*out = (enum tar_type)(c == '\0' ? '0' : c);
	if (*out < TAR_FILE || *out > TAR_FIFO)
		return err_kind(e, ERR_INPUT, "tar: entry of type %#x",
			(unsigned)(unsigned char)c);
	return 0;
}

static int tell(struct tar_reader *r, struct err *e)
{
	char text[NAME_BYTES];
	struct buf b = buf_fixed(text, sizeof(text));
	struct tar_entry t = {
		.xattrs = r->xattrs, .xattr_count = r->xattr_count};

	if (type_of((char)r->block[TYPE_AT], &t.type, e) < 0 ||
		read_numbers(r->block, &t, e) < 0)
		return -1;
	if (r->has_size)
		t.size = r->size;
	t.path = plain(r->path.n ? r->path : joined(r->block, &b));
	t.link = r->link.n ? r->link : text_at(r->block, f_link);
	if (t.type != TAR_FILE)
		t.size = 0; /* POSIX: only files have content */
	r->left = t.size;
	if (check_path(t.path, e) < 0)
		return -1;
	return t.path.n ? r->told.entry(r->told.self, &t, e) : 0;
}

static int begin_pax(struct tar_reader *r, struct err *e)
{
	int64_t size;

	if (number_at(r->block, f_size, 0, PAX_MAX_BYTES, &size, e) < 0)
		return -1;
	forget_records(r);
	r->is_pax = true;
	r->left = (uint64_t)size;
	return 0;
}

static bool is_zero(const unsigned char *block)
{
	for (size_t i = 0; i < TAR_BLOCK_BYTES; i++)
		if (block[i])
			return false;
	return true;
}

/* A whole header block lies there. */
static int take_header(struct tar_reader *r, struct err *e)
{
	int done;

	if (is_zero(r->block)) {
		r->zeros++;
		return 0;
	}
	if (r->zeros)
		return err_kind(e, ERR_INPUT, "tar: bytes behind the end");
	if (check_block(r->block, e) < 0)
		return -1;
	if (r->block[TYPE_AT] == 'x') {
		done = begin_pax(r, e);
	} else {
		done = tell(r, e);
		forget_records(r);
	}
	r->pad = tar_padding(r->left);
	return done;
}

/* ---- the stream ------------------------------------------------------- */

/* n bytes of content, all of the same entry. */
static int take_content(
	struct tar_reader *r, const void *bytes, size_t n, struct err *e)
{
	r->left -= n;
	if (!r->is_pax)
		return r->told.data ? r->told.data(r->told.self, bytes, n, e)
				    : 0;
	buf_put(&r->pax, bytes, n);
	if (r->left)
		return 0;
	r->is_pax = false;
	if (r->pax.full)
		return err_kind(e, ERR_LIMIT, "tar: out of memory");
	return apply_records(r, e);
}

static int take_some(
	struct tar_reader *r, const char *p, size_t n, struct err *e)
{
	if (r->left)
		return take_content(r, p, n, e);
	if (r->pad) {
		r->pad -= n;
		return 0;
	}
	memcpy(r->block + r->have, p, n);
	r->have += n;
	if (r->have < TAR_BLOCK_BYTES)
		return 0;
	r->have = 0;
	return take_header(r, e);
}

static int put_reader(void *self, const void *bytes, size_t n, struct err *e)
{
	struct tar_reader *r = self;
	const char *p = bytes;

	while (n) {
		uint64_t want = r->left  ? r->left
				: r->pad ? r->pad
					 : TAR_BLOCK_BYTES - r->have;
		size_t now = want < n ? (size_t)want : n;

		if (take_some(r, p, now, e) < 0)
			return -1;
		p += now;
		n -= now;
	}
	return 0;
}

struct sink tar_read_sink(struct tar_reader *r)
{
	return (struct sink){.put = put_reader, .self = r};
}

int tar_read_end(const struct tar_reader *r, struct err *e)
{
	if (r->left || r->pad || r->have || r->zeros < 2)
		return err_kind(e, ERR_INPUT, "tar: ends too early");
	return 0;
}
