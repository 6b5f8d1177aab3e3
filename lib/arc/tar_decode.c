/*
 * tar_decode - read the fields of a header block, each within a range.
 */
#include "lib/arc/tar_decode.h"

static struct str text_of(const char *field, size_t width)
{
	struct str s = {field, width};

	s.n = str_find(s, '\0');
	return s;
}

/* Big-endian two's complement; the first byte is a mark and the sign. */
static int parse_base_256(const unsigned char *p, size_t n, int64_t *out)
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

/* Octal digits between blanks and NULs; none at all are 0. */
static int parse_octal(const unsigned char *p, size_t n, int64_t *out)
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

/* A numeric field and the range that is accepted. */
struct number {
	const char *name;
	const char *field;
	size_t width;
	int64_t min, max;
};

#define NUMBER(h, name, min, max)                                              \
	{                                                                      \
#name, (h)->name, sizeof((h)->name), min, max                  \
	}

static int read_number(const struct number *n, int64_t *out, struct err *e)
{
	const unsigned char *p = (const unsigned char *)n->field;
	int rc = p[0] & 0x80 ? parse_base_256(p, n->width, out)
			     : parse_octal(p, n->width, out);

	if (rc < 0 || *out < n->min || *out > n->max)
		return err_kind(e, ERR_INPUT,
			"tar: header field %s is not a number in range",
			n->name);
	return 0;
}

bool tar_decode_is_zero(const struct tar_ustar *h)
{
	const char *p = (const char *)h;

	for (size_t i = 0; i < sizeof(*h); i++)
		if (p[i])
			return false;
	return true;
}

int tar_decode_check(const struct tar_ustar *h, struct err *e)
{
	const struct number sum = NUMBER(h, sum, 0, INT64_MAX);
	const unsigned char *p = (const unsigned char *)h;
	int64_t want = 0, have = 0;

	if (read_number(&sum, &want, e) < 0)
		return -1;
	for (size_t i = 0; i < sizeof(*h); i++)
		have += p[i];
	for (size_t i = 0; i < sizeof(h->sum); i++)
		have += ' ' - (unsigned char)h->sum[i];
	if (have != want)
		return err_kind(e, ERR_INPUT, "tar: wrong header checksum");
	if (!str_is(text_of(h->magic, sizeof("ustar") - 1), "ustar"))
		return err_kind(e, ERR_INPUT, "tar: not ustar or pax");
	return 0;
}

int tar_decode_pax_size(
	const struct tar_ustar *h, uint64_t *size, struct err *e)
{
	const struct number field = NUMBER(h, size, 0, TAR_PAX_BYTES_MAX);
	int64_t value;

	if (read_number(&field, &value, e) < 0)
		return -1;
	*size = (uint64_t)value;
	return 0;
}

static int read_numbers(
	const struct tar_ustar *h, struct tar_entry *t, struct err *e)
{
	const struct number fields[] = {NUMBER(h, mode, 0, INT32_MAX),
		NUMBER(h, uid, 0, UINT32_MAX), NUMBER(h, gid, 0, UINT32_MAX),
		NUMBER(h, size, 0, INT64_MAX),
		NUMBER(h, dev_major, 0, INT32_MAX),
		NUMBER(h, dev_minor, 0, INT32_MAX),
		NUMBER(h, mtime, INT64_MIN, INT64_MAX)};
	int64_t value[sizeof(fields) / sizeof(*fields)];

	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		if (read_number(&fields[i], &value[i], e) < 0)
			return -1;
	t->mode = (uint32_t)value[0] & 07777;
	t->uid = (uint32_t)value[1];
	t->gid = (uint32_t)value[2];
	t->size = (uint64_t)value[3];
	t->dev_major = (uint32_t)value[4];
	t->dev_minor = (uint32_t)value[5];
	t->mtime_s = value[6];
	return 0;
}

/* "PREFIX/NAME", in the buffer. */
static struct str join_name(const struct tar_ustar *h, struct buf *names)
{
	struct str prefix = text_of(h->prefix, sizeof(h->prefix));

	buf_str(names, prefix);
	if (prefix.n)
		buf_byte(names, '/');
	buf_str(names, text_of(h->name, sizeof(h->name)));
	return buf_view(names);
}

static int read_type(char c, enum tar_type *out, struct err *e)
{
	*out = (enum tar_type)(c == '\0' ? '0' : c);
	if (*out < TAR_FILE || *out > TAR_FIFO)
		return err_kind(e, ERR_INPUT, "tar: entry of unknown type %#x",
			(unsigned)(unsigned char)c);
	return 0;
}

int tar_decode(const struct tar_ustar *h, struct tar_entry *t,
	struct buf *names, struct err *e)
{
	*t = (struct tar_entry){0};
	if (read_type(h->type, &t->type, e) < 0 || read_numbers(h, t, e) < 0)
		return -1;
	if (h->prefix[0] && h->magic[sizeof("ustar") - 1] != '\0')
		return err_kind(
			e, ERR_INPUT, "tar: GNU header with fields of its own");
	t->path = join_name(h, names);
	t->link = text_of(h->link, sizeof(h->link));
	return 0;
}

int tar_decode_path(struct tar_entry *t, struct err *e)
{
	struct str *path = &t->path, rest, part;

	if (t->type != TAR_DIR && path->n && path->p[path->n - 1] == '/')
		return err_kind(e, ERR_INPUT,
			"tar: %.*s ends in '/' but is not a directory",
			STR_ARG(*path));
	while (str_has_prefix(*path, STR("./")))
		*path = str_sub(*path, 2, path->n);
	while (path->n && path->p[path->n - 1] == '/')
		path->n--;
	if (str_is(*path, "."))
		*path = STR("");
	rest = *path;
	while (path->n && str_cut(&rest, '/', &part))
		if (!part.n || str_is(part, "..") || str_is(part, "."))
			return err_kind(e, ERR_INPUT,
				"tar: path %.*s leads out of the archive",
				STR_ARG(*path));
	return 0;
}
