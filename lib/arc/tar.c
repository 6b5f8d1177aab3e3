/*
 * Archives after POSIX.1-2017 pax: the ustar header block, and an extended
 * header ('x') in front of entries whose names it can't hold.
 *
 * A field that may differ between two machines is never filled: no user or
 * group names, no access or change time, no process number in the extended
 * header's own name.  Refused are paths that would leave the directory they
 * are unpacked in, and content of another length than announced.
 */
#include "lib/arc/tar.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define PAX_MAX_BYTES ((size_t)1 << 20)

/* POSIX.1-2017 pax, "ustar Interchange Format". */
struct ustar {
	char name[100];
	char mode[8];
	char uid[8];
	char gid[8];
	char size[12];
	char mtime[12];
	char sum[8];
	char type;
	char link[100];
	char magic[6];
	char version[2];
	char uname[32];
	char gname[32];
	char dev_major[8];
	char dev_minor[8];
	char prefix[155];
	char unused[12];
};
static_assert(sizeof(struct ustar) == TAR_BLOCK_BYTES, "a header is a block");

/* The names of an entry as the header takes them. */
struct names {
	struct str path;         /* whole; a directory's ends in '/' */
	struct str prefix, name; /* path, divided for ustar */
	bool is_long;            /* path can't be divided to fit */
};

/* Room for a path and a directory's '/'. */
#define TEXT_BYTES (TAR_PATH_BYTES + 1)

static bool has_nul(struct str s)
{
	return str_find(s, '\0') < s.n;
}

static int check_path(struct str path, struct err *e)
{
	struct str rest = path, part;

	if (!path.n || path.n >= TAR_PATH_BYTES)
		return err_kind(e, ERR_LIMIT, "a path of %zu bytes", path.n);
	if (has_nul(path))
		return err_kind(e, ERR_INPUT, "a path with a NUL byte");
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

/* Divide path at the first '/' that leaves both parts short enough. */
static void divide(struct names *n)
{
	size_t room = sizeof(((struct ustar *)NULL)->name);
	size_t front = sizeof(((struct ustar *)NULL)->prefix);
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
	divide(&n);
	return n;
}

/* Octal digits and a NUL, or base 256 when there are too many of them. */
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

/* POSIX: the bytes of the block added up, the sum itself taken as blanks. */
static void put_sum(struct ustar *h)
{
	const unsigned char *p = (const unsigned char *)h;
	unsigned int sum = 0;

	memset(h->sum, ' ', sizeof(h->sum));
	for (size_t i = 0; i < sizeof(*h); i++)
		sum += p[i];
	put_number(h->sum, sizeof(h->sum) - 1, sum);
	h->sum[sizeof(h->sum) - 2] = '\0';
}

/* A text into a field; what does not fit is cut (pax has it whole). */
static void put_text(char *field, size_t size, struct str s)
{
	struct str fits = str_sub(s, 0, size);

	if (fits.n)
		memcpy(field, fits.p, fits.n);
}

static void encode(const struct tar_entry *t, const struct names *n,
	unsigned char block[TAR_BLOCK_BYTES])
{
	struct ustar h = {
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

static bool link_is_long(const struct tar_entry *t)
{
	return t->link.n > sizeof(((struct ustar *)NULL)->link);
}

int tar_header(const struct tar_entry *t, unsigned char block[TAR_BLOCK_BYTES],
	struct err *e)
{
	char text[TEXT_BYTES];
	struct names n;

	if (check_entry(t, e) < 0)
		return -1;
	n = names_of(t, text);
	if (n.is_long || link_is_long(t) || t->xattr_count)
		return err_kind(e, ERR_LIMIT, "%.*s: does not fit one header",
			STR_ARG(t->path));
	encode(t, &n, block);
	return 0;
}

/* "LENGTH key=value\n", where LENGTH counts itself. */
static void put_record(
	struct buf *b, const char *space, struct str key, struct str value)
{
	size_t body = strlen(space) + key.n + value.n + 3; /* ' ' '=' '\n' */
	size_t digits = 1;
	char text[24];

	for (;; digits++) {
		int n = snprintf(text, sizeof(text), "%zu", body + digits);

		if ((size_t)n <= digits)
			break;
	}
	buf_fmt(b, "%zu %s", body + digits, space);
	buf_str(b, key);
	buf_byte(b, '=');
	buf_str(b, value);
	buf_byte(b, '\n');
}

static int put_records(const struct tar_entry *t, const struct names *n,
	struct buf *b, struct err *e)
{
	if (link_is_long(t))
		put_record(b, "", STR("linkpath"), t->link);
	if (n->is_long)
		put_record(b, "", STR("path"), n->path);
	for (size_t i = 0; i < t->xattr_count; i++) {
		const struct tar_xattr *x = &t->xattrs[i];

		if (!x->name.n || has_nul(x->name) ||
			str_find(x->name, '=') < x->name.n)
			return err_kind(e, ERR_INPUT,
				"%.*s: extended attribute name",
				STR_ARG(t->path));
		put_record(b, "SCHILY.xattr.", x->name, x->value);
	}
	if (b->full)
		return err_kind(e, ERR_LIMIT, "%.*s: too much for its header",
			STR_ARG(t->path));
	return 0;
}

/* The extended header: an entry of its own whose content is the records. */
static void put_extended(
	const struct tar_entry *t, struct str records, struct buf *out)
{
	unsigned char block[TAR_BLOCK_BYTES];
	const struct tar_entry x = {
		.mode = 0644, .size = records.n, .mtime_s = t->mtime_s};
	struct ustar *h = (struct ustar *)block;
	struct names n = {.name = STR("PaxHeaders")};

	encode(&x, &n, block);
	h->type = 'x';
	put_sum(h);
	buf_put(out, block, sizeof(block));
	buf_str(out, records);
	buf_fill(out, '\0', tar_padding(records.n));
}

int tar_headers(const struct tar_entry *t, struct buf *out, struct err *e)
{
	AUTO_BUF struct buf records = buf_growing(PAX_MAX_BYTES);
	unsigned char block[TAR_BLOCK_BYTES];
	char text[TEXT_BYTES];
	struct names n;

	if (check_entry(t, e) < 0)
		return -1;
	n = names_of(t, text);
	if (put_records(t, &n, &records, e) < 0)
		return -1;
	if (records.n)
		put_extended(t, buf_view(&records), out);
	encode(t, &n, block);
	buf_put(out, block, sizeof(block));
	if (out->full)
		return err_kind(e, ERR_LIMIT, "no room for a tar header");
	return 0;
}

size_t tar_padding(uint64_t size)
{
	return (size_t)(-size & (TAR_BLOCK_BYTES - 1));
}

struct tar tar_start(struct sink to)
{
	return (struct tar){.to = to};
}

/* The entry before must have been given whole. */
static int finish_entry(struct tar *w, struct err *e)
{
	if (w->left)
		return err_set(e, "tar: %llu bytes of content missing",
			(unsigned long long)w->left);
	if (sink_zeros(w->to, w->pad, e) < 0)
		return -1;
	w->pad = 0;
	return 0;
}

int tar_add(struct tar *w, const struct tar_entry *t, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(PAX_MAX_BYTES + TAR_PATH_BYTES);

	if (finish_entry(w, e) < 0 || tar_headers(t, &b, e) < 0)
		return -1;
	w->left = t->size;
	w->pad = tar_padding(t->size);
	return sink_put(w->to, b.p, b.n, e);
}

int tar_data(struct tar *w, const void *bytes, size_t n, struct err *e)
{
	if (n > w->left)
		return err_set(e, "tar: %zu bytes more than announced",
			(size_t)(n - w->left));
	w->left -= n;
	return sink_put(w->to, bytes, n, e);
}

int tar_end(struct tar *w, struct err *e)
{
	if (finish_entry(w, e) < 0)
		return -1;
	return sink_zeros(w->to, TAR_END_BYTES, e);
}

int tar_file(struct tar *w, const struct tar_entry *t, struct str content,
	struct err *e)
{
	struct tar_entry sized = *t;

	sized.size = content.n;
	if (tar_add(w, &sized, e) < 0)
		return -1;
	return tar_data(w, content.p, content.n, e);
}
