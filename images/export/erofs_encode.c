/*
 * erofs_encode - a buffer of zeros as long as the head, filled in at the places
 * of the plan.
 */
#include "images/export/crc32.h"
#include "images/export/erofs_format.h"
#include "images/export/le.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
	FEATURE_CHECKSUM = 1, /* compatible ones */
	FEATURE_MTIME = 2,
	LAYOUT_PLAIN = 0,
	LAYOUT_INLINE = 2,
};

struct encoding {
	const struct erofs *x;
	unsigned char *head;
};

/* As stat(2) and directories say the type. */
static const struct {
	uint32_t mode;
	unsigned char in_directory;
} types[] = {
	[TAR_FILE] = {S_IFREG, 1},
	[TAR_DIR] = {S_IFDIR, 2},
	[TAR_CHAR] = {S_IFCHR, 3},
	[TAR_BLOCK] = {S_IFBLK, 4},
	[TAR_FIFO] = {S_IFIFO, 5},
	[TAR_SYMLINK] = {S_IFLNK, 7},
};

static uint64_t number_of(const struct erofs *x, size_t node)
{
	return x->inodes[node].at / EROFS_SLOT_BYTES;
}

/* ---- content ---------------------------------------------------------- */

static void put_content(const struct encoding *c, size_t node, uint64_t offset,
	struct str bytes)
{
	while (bytes.n > 0) {
		uint64_t n;
		uint64_t at = erofs_where(c->x, node, offset, &n);

		if (n > bytes.n)
			n = bytes.n;
		memcpy(c->head + at, bytes.p, (size_t)n);
		bytes = str_sub(bytes, (size_t)n, bytes.n);
		offset += n;
	}
}

/* Entries with the places of their names, then the names. */
static void encode_names(const struct encoding *c,
	const struct erofs_name *names, size_t n,
	unsigned char block[EROFS_BLOCK_BYTES])
{
	size_t at = n * EROFS_DIRENT_BYTES;

	memset(block, 0, EROFS_BLOCK_BYTES);
	for (size_t i = 0; i < n; i++) {
		unsigned char *entry = block + i * EROFS_DIRENT_BYTES;
		enum tar_type type = c->x->tree->nodes[names[i].node].type;

		le_put64(entry, number_of(c->x, names[i].node));
		le_put16(entry + 8, (uint16_t)at);
		entry[10] = types[type].in_directory;
		memcpy(block + at, names[i].name.p, names[i].name.n);
		at += names[i].name.n;
	}
}

static int encode_directory(const struct encoding *c, size_t dir, struct err *e)
{
	unsigned char block[EROFS_BLOCK_BYTES];
	size_t n = erofs_names(c->x, dir), done = 0;
	struct erofs_name *names = calloc(n, sizeof(*names));

	if (!names)
		return err_kind(e, ERR_LIMIT, "no memory for the tree");
	erofs_names_list(c->x, dir, names);
	for (uint64_t at = 0; done < n; at += EROFS_BLOCK_BYTES) {
		size_t bytes;
		size_t fit = erofs_names_fit(names + done, n - done, &bytes);

		encode_names(c, names + done, fit, block);
		done += fit;
		if (done < n)
			bytes = EROFS_BLOCK_BYTES;
		put_content(c, dir, at, (struct str){(char *)block, bytes});
	}
	free(names);
	return 0;
}

/* ---- inodes -------------------------------------------------------------- */

static uint32_t device_of(const struct fs_node *node)
{
	return (node->dev_minor & 0xff) | node->dev_major << 8 |
	       (node->dev_minor & ~0xffu) << 12;
}

static void encode_xattrs(const struct fs_node *node, unsigned char *at)
{
	at += EROFS_XATTR_HEADER_BYTES;
	for (size_t i = 0; i < node->n_xattrs; i++) {
		const struct tar_xattr *xattr = &node->xattrs[i];
		struct erofs_xattr_name name = erofs_xattr_split(xattr->name);
		unsigned char *text = at + EROFS_XATTR_ENTRY_BYTES;

		at[0] = (unsigned char)name.rest.n;
		at[1] = name.index;
		le_put16(at + 2, (uint16_t)xattr->value.n);
		memcpy(text, name.rest.p, name.rest.n);
		memcpy(text + name.rest.n, xattr->value.p, xattr->value.n);
		at += erofs_xattr_bytes(xattr);
	}
}

/* What both kinds of inode begin with: format, attributes, mode. */
static void encode_beginning(const struct erofs_inode *inode,
	const struct fs_node *node, unsigned char *at)
{
	unsigned layout = inode->has_tail ? LAYOUT_INLINE : LAYOUT_PLAIN;
	size_t slots =
		inode->xattrs_bytes
			? 1 + (inode->xattrs_bytes - EROFS_XATTR_HEADER_BYTES) /
					  4
			: 0;

	le_put16(at, (uint16_t)(layout << 1 | inode->is_extended));
	le_put16(at + 2, (uint16_t)slots);
	le_put16(at + 4,
		(uint16_t)(types[node->type].mode | (node->mode & 07777)));
}

static void encode_inode(const struct encoding *c, size_t i)
{
	const struct erofs_inode *inode = &c->x->inodes[i];
	const struct fs_node *node = &c->x->tree->nodes[i];
	unsigned char *at = c->head + inode->at;
	uint32_t block = node->type == TAR_CHAR || node->type == TAR_BLOCK
				 ? device_of(node)
				 : inode->block;

	encode_beginning(inode, node, at);
	le_put32(at + 16, block);
	le_put32(at + 20, (uint32_t)i + 1);
	if (inode->is_extended) {
		le_put64(at + 8, inode->size_bytes);
		le_put32(at + 24, node->uid);
		le_put32(at + 28, node->gid);
		le_put64(at + 32, (uint64_t)node->mtime_s);
		le_put32(at + 44, node->links);
		at += EROFS_EXTENDED_BYTES;
	} else {
		le_put16(at + 6, (uint16_t)node->links);
		le_put32(at + 8, (uint32_t)inode->size_bytes);
		le_put16(at + 24, (uint16_t)node->uid);
		le_put16(at + 26, (uint16_t)node->gid);
		at += EROFS_COMPACT_BYTES;
	}
	if (inode->xattrs_bytes)
		encode_xattrs(node, at);
}

/* ---- the whole ----------------------------------------------------------- */

static void encode_super(
	const struct encoding *c, const unsigned char uuid[EROFS_UUID_BYTES])
{
	const struct erofs *x = c->x;
	unsigned char *at = c->head + EROFS_SUPER_AT;
	const struct str rest = {
		(char *)at, EROFS_BLOCK_BYTES - EROFS_SUPER_AT};

	le_put32(at, EROFS_MAGIC);
	le_put32(at + 8, FEATURE_CHECKSUM | FEATURE_MTIME);
	at[12] = 12; /* the block: a power of 2 */
	le_put16(at + 14, (uint16_t)number_of(x, 0));
	le_put64(at + 16, x->n_inodes);
	le_put64(at + 24, (uint64_t)x->time_s);
	le_put32(at + 36, (uint32_t)x->blocks);
	memcpy(at + 48, uuid, EROFS_UUID_BYTES);
	le_put32(at + 4, crc32_add(~0u, CRC32_CASTAGNOLI, rest));
}

static int encode_entry(const struct encoding *c, size_t i, struct err *e)
{
	const struct fs_node *node = &c->x->tree->nodes[i];

	if (!erofs_is_inode(c->x->tree, i))
		return 0;
	encode_inode(c, i);
	if (node->type == TAR_SYMLINK)
		put_content(c, i, 0, node->link);
	return node->type == TAR_DIR ? encode_directory(c, i, e) : 0;
}

int erofs_encode(const struct erofs *x,
	const unsigned char uuid[EROFS_UUID_BYTES], struct buf *out,
	struct err *e)
{
	size_t n = (size_t)x->head_bytes;
	struct encoding c = {.x = x, .head = buf_room(out, n)};

	if (!c.head)
		return err_kind(e, ERR_LIMIT, "no memory for the file system");
	memset(c.head, 0, n);
	for (size_t i = 0; i < x->tree->n; i++)
		if (encode_entry(&c, i, e) < 0)
			return -1;
	encode_super(&c, uuid);
	return 0;
}
