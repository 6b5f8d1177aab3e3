/*
 * tar_header - fill a ustar block, and pax records for what does not fit.
 *
 * Fields that could differ between two machines stay empty: user and group
 * names, access and change times, the process number in the name of the pax
 * header.  Entries are checked first, so that unpacking them cannot leave the
 * directory.
 */
#include "lib/arc/tar_header.h"

#include "lib/arc/tar_ustar.h"

#include <stdio.h>
#include <string.h>

/* The path of an entry as the header takes it. */
struct names {
	struct str path;         /* whole; a directory's ends in '/' */
	struct str prefix, name; /* the path divided for ustar */
	bool is_long;            /* it cannot be divided to fit */
};

/* Room for a path and the '/' of a directory. */
#define TEXT_BYTES (TAR_PATH_BYTES + 1)

static bool has_nul(struct str s)
{
	return str_find(s, '\0') < s.n;
}

static int check_path(struct str path, struct err *e)
{
	struct str rest = path, part;

	if (!path.n || path.n >= TAR_PATH_BYTES)
		return err_kind(e, ERR_LIMIT,
			"tar: path of %zu bytes, not 1 to %d", path.n,
			TAR_PATH_BYTES - 1);
	if (has_nul(path))
		return err_kind(e, ERR_INPUT, "tar: path with a NUL byte");
	while (str_cut(&rest, '/', &part))
		if (!part.n || str_is(part, ".") || str_is(part, ".."))
			return err_kind(e, ERR_INPUT,
				"path %.*s is not plain and relative",
				STR_ARG(path));
	return 0;
}

static int check_entry(const struct tar_entry *t, struct err *e)
{
	bool is_link = t->type == TAR_SYMLINK || t->type == TAR_HARD_LINK;

	if (check_path(t->path, e) < 0)
		return -1;
	if (t->type == TAR_HARD_LINK && check_path(t->link, e) < 0)
		return err_at(e, "%.*s: link", STR_ARG(t->path));
	if (is_link != (t->link.n > 0) || t->link.n >= TAR_PATH_BYTES ||
		has_nul(t->link))
		return err_kind(e, ERR_INPUT, "%.*s: not a usable link target",
			STR_ARG(t->path));
	if (t->size && t->type != TAR_FILE)
		return err_kind(e, ERR_INPUT, "%.*s: only files have content",
			STR_ARG(t->path));
	if (t->size > INT64_MAX)
		return err_kind(
			e, ERR_LIMIT, "%.*s: too large", STR_ARG(t->path));
	return 0;
}

/* Divide the path at the first '/' that makes both parts fit. */
static void divide_path(struct names *n)
{
	size_t room = sizeof(((struct tar_ustar *)NULL)->name);
	size_t front = sizeof(((struct tar_ustar *)NULL)->prefix);
	struct str path = n->path;

	n->name = path;
	if (path.n <= room)
		return;
	for (size_t at = path.n - room - 1; at <= front && at < path.n - 1;
		at++) {
		if (path.p[at] != '/' || at == 0)
			continue;
		n->prefix = str_sub(path, 0, at);
		n->name = str_sub(path, at + 1, path.n);
		return;
	}
	n->is_long = true;
	n->name = str_sub(path, 0, room);
}

static struct names names_of(const struct tar_entry *t, char text[TEXT_BYTES])
{
	struct names n = {.path = {text, t->path.n}};

	memcpy(text, t->path.p, t->path.n);
	if (t->type == TAR_DIR)
		text[n.path.n++] = '/';
	divide_path(&n);
	return n;
}

/* Octal digits and a NUL, or base 256 if they do not fit. */
static void put_number(char *field, size_t width, int64_t value)
{
	size_t digits = width - 1;
	bool is_octal = value >= 0 && (uint64_t)value >> (3 * digits) == 0;

	if (!is_octal)
		field[0] = (char)(value < 0 ? 0xff : 0x80);
	for (size_t i = width; i-- > 1;) {
		if (is_octal) {
			field[i - 1] = (char)('0' + (value & 7));
			value >>= 3;
		} else {
			field[i] = (char)(value & 0xff);
			value >>= 8;
		}
	}
}

/* The sum of all bytes of the block, with blanks in place of the sum. */
static void put_sum(struct tar_ustar *h)
{
	const unsigned char *p = (const unsigned char *)h;
	unsigned int sum = 0;

	memset(h->sum, ' ', sizeof(h->sum));
	for (size_t i = 0; i < sizeof(*h); i++)
		sum += p[i];
	put_number(h->sum, sizeof(h->sum) - 1, sum);
	h->sum[sizeof(h->sum) - 2] = '\0';
}

/* Put a text into a field, truncated if need be: pax has all of it. */
static void put_text(char *field, size_t size, struct str s)
{
	struct str fits = str_sub(s, 0, size);

	if (fits.n)
		memcpy(field, fits.p, fits.n);
}

static void encode_block(const struct tar_entry *t, const struct names *n,
	unsigned char block[TAR_BLOCK_BYTES])
{
	struct tar_ustar h = {
		.type = (char)t->type, .magic = "ustar", .version = {'0', '0'}};
	bool is_device = t->type == TAR_CHAR || t->type == TAR_BLOCK;

	put_text(h.name, sizeof(h.name), n->name);
	put_text(h.prefix, sizeof(h.prefix), n->prefix);
	put_text(h.link, sizeof(h.link), t->link);
	put_number(h.mode, sizeof(h.mode), t->mode & 07777);
	put_number(h.uid, sizeof(h.uid), t->uid);
	put_number(h.gid, sizeof(h.gid), t->gid);
	put_number(h.size, sizeof(h.size), (int64_t)t->size);
	put_number(h.mtime, sizeof(h.mtime), t->mtime_s);
	put_number(
		h.dev_major, sizeof(h.dev_major), is_device ? t->dev_major : 0);
	put_number(
		h.dev_minor, sizeof(h.dev_minor), is_device ? t->dev_minor : 0);
	put_sum(&h);
	memcpy(block, &h, sizeof(h));
}

static bool has_long_link(const struct tar_entry *t)
{
	return t->link.n > sizeof(((struct tar_ustar *)NULL)->link);
}

int tar_header(const struct tar_entry *t, unsigned char block[TAR_BLOCK_BYTES],
	struct err *e)
{
	char text[TEXT_BYTES];
	struct names n;

	if (check_entry(t, e) < 0)
		return -1;
	n = names_of(t, text);
	if (n.is_long || has_long_link(t) || t->xattr_count)
		return err_kind(e, ERR_LIMIT,
			"%.*s: does not fit into one header block",
			STR_ARG(t->path));
	encode_block(t, &n, block);
	return 0;
}

/* "LENGTH key=value\n"; LENGTH includes its own digits. */
static void put_record(
	struct buf *b, const char *prefix, struct str key, struct str value)
{
	size_t body = strlen(prefix) + key.n + value.n + 3; /* ' ' '=' '\n' */
	size_t digits = 1;
	char text[24];

	for (;; digits++) {
		int n = snprintf(text, sizeof(text), "%zu", body + digits);

		if ((size_t)n <= digits)
			break;
	}
	buf_fmt(b, "%zu %s", body + digits, prefix);
	buf_str(b, key);
	buf_byte(b, '=');
	buf_str(b, value);
	buf_byte(b, '\n');
}

static int put_records(const struct tar_entry *t, const struct names *n,
	struct buf *b, struct err *e)
{
	if (has_long_link(t))
		put_record(b, "", STR("linkpath"), t->link);
	if (n->is_long)
		put_record(b, "", STR("path"), n->path);
	for (size_t i = 0; i < t->xattr_count; i++) {
		const struct tar_xattr *x = &t->xattrs[i];

		if (!x->name.n || has_nul(x->name) ||
			str_find(x->name, '=') < x->name.n)
			return err_kind(e, ERR_INPUT,
				"%.*s: bad name of an extended attribute",
				STR_ARG(t->path));
		put_record(b, TAR_XATTR_KEY, x->name, x->value);
	}
	if (b->full)
		return err_kind(e, ERR_LIMIT,
			"%.*s: names and attributes exceed %zu bytes",
			STR_ARG(t->path), TAR_PAX_BYTES_MAX);
	return 0;
}

/* The pax header: an entry of its own whose content is the records. */
static void put_pax_header(
	const struct tar_entry *t, struct str records, struct buf *out)
{
	unsigned char block[TAR_BLOCK_BYTES];
	const struct tar_entry x = {
		.mode = 0644, .size = records.n, .mtime_s = t->mtime_s};
	struct tar_ustar *h = (struct tar_ustar *)block;
	struct names n = {.name = STR("PaxHeaders")};

	encode_block(&x, &n, block);
	h->type = TAR_TYPE_PAX;
	put_sum(h);
	buf_put(out, block, sizeof(block));
	buf_str(out, records);
	buf_fill(out, '\0', tar_padding(records.n));
}

int tar_headers(const struct tar_entry *t, struct buf *out, struct err *e)
{
	AUTO_BUF struct buf records = buf_growing(TAR_PAX_BYTES_MAX);
	unsigned char block[TAR_BLOCK_BYTES];
	char text[TEXT_BYTES];
	struct names n;

	if (check_entry(t, e) < 0)
		return -1;
	n = names_of(t, text);
	if (put_records(t, &n, &records, e) < 0)
		return -1;
	if (records.n)
		put_pax_header(t, buf_view(&records), out);
	encode_block(t, &n, block);
	buf_put(out, block, sizeof(block));
	if (out->full)
		return err_kind(e, ERR_LIMIT, "tar: no room for a header");
	return 0;
}
