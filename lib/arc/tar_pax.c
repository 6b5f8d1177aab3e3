/*
 * tar_pax - parse "LENGTH key=value\n" records, one after the other.
 */
#include "lib/arc/tar_pax.h"

#include "lib/arc/tar_ustar.h"
#include "lib/base/utf8.h"

struct tar_pax tar_pax_make(void)
{
	return (struct tar_pax){.text = buf_growing(TAR_PAX_BYTES_MAX)};
}

void tar_pax_free(struct tar_pax *x)
{
	buf_free(&x->text);
}

void tar_pax_reset(struct tar_pax *x)
{
	buf_reset(&x->text);
	x->path = x->link = (struct str){NULL, 0};
	x->size = x->uid = x->gid = (struct tar_pax_number){0};
	x->xattr_count = 0;
}

static int fail_record(struct err *e)
{
	return err_kind(e, ERR_INPUT, "tar: damaged pax record");
}

static int take_xattr(
	struct tar_pax *x, struct str name, struct str value, struct err *e)
{
	if (x->xattr_count == TAR_PAX_XATTRS_MAX)
		return err_kind(e, ERR_LIMIT,
			"tar: more than %d extended attributes",
			TAR_PAX_XATTRS_MAX);
	x->xattrs[x->xattr_count++] = (struct tar_xattr){name, value};
	return 0;
}

/* Readers disagree about a name that is given twice, empty or no UTF-8. */
static int take_name(struct str *name, struct str value, struct err *e)
{
	if (name->p || !value.n || str_find(value, '\0') < value.n ||
		!utf8_is_valid(value))
		return fail_record(e);
	*name = value;
	return 0;
}

static int take_number(
	struct tar_pax_number *n, struct str value, uint64_t max, struct err *e)
{
	if (n->is_set || str_u64(value, 0, max, &n->value) < 0)
		return fail_record(e);
	n->is_set = true;
	return 0;
}

/* Records that say nothing about what a file is or holds. */
static bool is_harmless(struct str key)
{
	static const char *const names[] = {"atime", "ctime", "mtime", "uname",
		"gname", "comment", "hdrcharset", "LIBARCHIVE.creationtime"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (str_is(key, names[i]))
			return true;
	return str_has_prefix(key, STR("SCHILY.acl.")) ||
	       str_has_prefix(key, STR("LIBARCHIVE.xattr."));
}

static int take_record(
	struct tar_pax *x, struct str key, struct str value, struct err *e)
{
	const struct str xattr = STR(TAR_XATTR_KEY);

	if (str_is(key, "path"))
		return take_name(&x->path, value, e);
	if (str_is(key, "linkpath"))
		return take_name(&x->link, value, e);
	if (str_has_prefix(key, STR("GNU.sparse.")))
		return err_kind(e, ERR_INPUT, "tar: sparse file");
	if (str_has_prefix(key, xattr))
		return take_xattr(x, str_sub(key, xattr.n, key.n), value, e);
	if (str_is(key, "size"))
		return take_number(&x->size, value, INT64_MAX, e);
	if (str_is(key, "uid"))
		return take_number(&x->uid, value, UINT32_MAX, e);
	if (str_is(key, "gid"))
		return take_number(&x->gid, value, UINT32_MAX, e);
	if (!is_harmless(key))
		return err_kind(e, ERR_INPUT, "tar: unknown pax record");
	return 0;
}

/* Take the first record off *all, and parse it. */
static int next_record(struct tar_pax *x, struct str *all, struct err *e)
{
	struct str rest = *all, digits, record, key;
	uint64_t n;

	if (!str_cut(&rest, ' ', &digits) ||
		str_u64(digits, digits.n + 2, all->n, &n) < 0)
		return fail_record(e);
	record = str_sub(*all, digits.n + 1, n - digits.n - 1);
	*all = str_sub(*all, n, all->n);
	if (record.p[record.n - 1] != '\n')
		return fail_record(e);
	record.n--;
	if (str_find(record, '=') == record.n)
		return fail_record(e);
	str_cut(&record, '=', &key);
	return take_record(x, key, record, e);
}

int tar_pax_parse(struct tar_pax *x, struct err *e)
{
	struct str all = buf_view(&x->text);

	if (x->text.full)
		return err_kind(e, ERR_LIMIT, "tar: out of memory");
	while (all.n)
		if (next_record(x, &all, e) < 0)
			return -1;
	return 0;
}

int tar_pax_apply(const struct tar_pax *x, struct tar_entry *t, struct err *e)
{
	if (x->size.is_set && x->size.value != t->size &&
		x->size.value <= TAR_USTAR_SIZE_MAX)
		return err_kind(e, ERR_INPUT,
			"tar: %.*s: its header says %llu bytes, its pax "
			"header %llu",
			STR_ARG(t->path), (unsigned long long)t->size,
			(unsigned long long)x->size.value);
	t->xattrs = x->xattrs;
	t->xattr_count = x->xattr_count;
	if (x->size.is_set)
		t->size = x->size.value;
	if (x->uid.is_set)
		t->uid = (uint32_t)x->uid.value;
	if (x->gid.is_set)
		t->gid = (uint32_t)x->gid.value;
	if (x->path.n)
		t->path = x->path;
	if (x->link.n)
		t->link = x->link;
	return 0;
}
