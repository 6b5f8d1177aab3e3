/*
 * tarfile_acl - translates between the kernel's ACLs and libarchive's.
 *
 * An attribute is a version and entries of tag, rights and id, all little
 * endian, in the order of linux/posix_acl_xattr.h.  libarchive keeps ids as
 * int and writes a negative one as 0, root; so an id above INT_MAX is handed
 * to it as a name of digits, and such a name is what counts when it is read.
 */
#include "checkpoint-agent/tar/tarfile_acl.h"

#include <archive.h>
#include <archive_entry.h>
#include <endian.h>
#include <limits.h>
#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What an attribute can be at most (linux/limits.h, XATTR_SIZE_MAX). */
#define ACL_BYTES   65536
#define ENTRIES_MAX ((ACL_BYTES - 4) / sizeof(struct posix_acl_xattr_entry))

const char *const tarfile_acl_names[TARFILE_ACLS] = {
	[TARFILE_ACL_ACCESS] = "system.posix_acl_access",
	[TARFILE_ACL_DEFAULT] = "system.posix_acl_default",
};

/* libarchive's */
static const int types[TARFILE_ACLS] = {
	[TARFILE_ACL_ACCESS] = ARCHIVE_ENTRY_ACL_TYPE_ACCESS,
	[TARFILE_ACL_DEFAULT] = ARCHIVE_ENTRY_ACL_TYPE_DEFAULT,
};

static const struct {
	uint16_t tag; /* the kernel's */
	int theirs;
	bool has_id;
} tags[] = {
	{ACL_USER_OBJ, ARCHIVE_ENTRY_ACL_USER_OBJ, false},
	{ACL_USER, ARCHIVE_ENTRY_ACL_USER, true},
	{ACL_GROUP_OBJ, ARCHIVE_ENTRY_ACL_GROUP_OBJ, false},
	{ACL_GROUP, ARCHIVE_ENTRY_ACL_GROUP, true},
	{ACL_MASK, ARCHIVE_ENTRY_ACL_MASK, false},
	{ACL_OTHER, ARCHIVE_ENTRY_ACL_OTHER, false},
};
#define TAGS (sizeof(tags) / sizeof(*tags))

/* ---- from the kernel ---------------------------------------------------- */

static size_t find_tag(uint16_t tag)
{
	size_t i = 0;

	while (i < TAGS && tags[i].tag != tag)
		i++;
	return i;
}

static void add_one(struct archive_entry *entry, int type,
	const struct posix_acl_xattr_entry *x)
{
	const size_t i = find_tag(le16toh(x->e_tag));
	const uint32_t id = le32toh(x->e_id);
	char name[16] = "";

	if (i == TAGS)
		return;
	if (tags[i].has_id && id > INT_MAX)
		snprintf(name, sizeof(name), "%u", id);
	archive_entry_acl_add_entry(entry, type, le16toh(x->e_perm) & 7,
		tags[i].theirs, tags[i].has_id && !*name ? (int)id : -1,
		*name ? name : NULL);
}

static void add_all(struct archive_entry *entry, int type,
	const unsigned char *value, size_t n)
{
	struct posix_acl_xattr_entry x;

	for (size_t at = sizeof(struct posix_acl_xattr_header); at < n;
		at += sizeof(x)) {
		memcpy(&x, value + at, sizeof(x));
		add_one(entry, type, &x);
	}
}

bool tarfile_acl_add(struct archive_entry *entry, const char *name,
	const void *value, size_t n)
{
	const size_t head = sizeof(struct posix_acl_xattr_header);
	uint32_t version;

	for (size_t i = 0; i < TARFILE_ACLS; i++) {
		if (strcmp(name, tarfile_acl_names[i]) != 0)
			continue;
		if (n < head ||
			(n - head) % sizeof(struct posix_acl_xattr_entry) != 0)
			return false;
		memcpy(&version, value, sizeof(version));
		if (le32toh(version) != POSIX_ACL_XATTR_VERSION)
			return false;
		add_all(entry, types[i], value, n);
		return true;
	}
	return false;
}

/* ---- to the kernel ------------------------------------------------------ */

/* Digits of a name are an id; a name in letters means nothing here. */
static int find_id(const char *name, int id, uint32_t *out, struct err *e)
{
	uint64_t n;

	if (name && str_u64(str_of(name), 0, UINT32_MAX - 1, &n) == 0) {
		*out = (uint32_t)n;
		return 0;
	}
	if (id >= 0) {
		*out = (uint32_t)id;
		return 0;
	}
	return err_kind(
		e, ERR_INPUT, "ACL: %s is no number", name ? name : "an id");
}

static void convert(
	struct posix_acl_xattr_entry *x, size_t tag, int rights, uint32_t id)
{
	*x = (struct posix_acl_xattr_entry){.e_tag = htole16(tags[tag].tag),
		.e_perm = htole16((uint16_t)(rights & 7)),
		.e_id = htole32(tags[tag].has_id ? id : UINT32_MAX)};
}

/* 1: *x is the next one; 0: there are no more; -1. */
static int next_entry(struct archive_entry *entry, int type,
	struct posix_acl_xattr_entry *x, struct err *e)
{
	int its_type, rights, theirs, id;
	uint32_t number = 0;
	const char *name;
	size_t i = 0;

	if (archive_entry_acl_next(entry, type, &its_type, &rights, &theirs,
		    &id, &name) != ARCHIVE_OK)
		return 0;
	while (i < TAGS && tags[i].theirs != theirs)
		i++;
	if (i == TAGS)
		return err_kind(e, ERR_INPUT, "ACL: unknown kind of entry");
	if (tags[i].has_id && find_id(name, id, &number, e) < 0)
		return -1;
	convert(x, i, rights, number);
	return 1;
}

/* The kernel wants them in order of their tags. */
static int by_tag(const void *a, const void *b)
{
	const struct posix_acl_xattr_entry *x = a, *y = b;
	const uint32_t one = le32toh(x->e_id), other = le32toh(y->e_id);

	if (x->e_tag != y->e_tag)
		return le16toh(x->e_tag) < le16toh(y->e_tag) ? -1 : 1;
	return one < other ? -1 : one > other;
}

int tarfile_acl_put(struct archive_entry *entry, enum tarfile_acl which,
	struct buf *b, struct err *e)
{
	static struct posix_acl_xattr_entry all[ENTRIES_MAX];
	const struct posix_acl_xattr_header head = {
		.a_version = htole32(POSIX_ACL_XATTR_VERSION)};
	const int type = types[which];
	size_t n = 0;
	int more;

	if (!(archive_entry_acl_types(entry) & type))
		return 0;
	archive_entry_acl_reset(entry, type);
	while (n < ENTRIES_MAX &&
		(more = next_entry(entry, type, &all[n], e)) != 0) {
		if (more < 0)
			return -1;
		n++;
	}
	if (n == ENTRIES_MAX)
		return err_kind(e, ERR_INPUT, "ACL: too many entries");
	qsort(all, n, sizeof(*all), by_tag);
	buf_put(b, &head, sizeof(head));
	buf_put(b, all, n * sizeof(*all));
	return b->full ? err_kind(e, ERR_INPUT, "ACL: too long") : 0;
}
