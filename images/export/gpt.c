/*
 * gpt - a UUID is written with its first three fields turned round, in the
 * order of bytes of UEFI's EFI_GUID.
 */
#include "images/export/gpt.h"

#include "images/export/crc32.h"
#include "images/export/le.h"

#include <string.h>

#define ENTRY_BYTES   128
#define ENTRIES       128
#define TABLE_BYTES   (ENTRIES * ENTRY_BYTES)
#define TABLE_SECTORS (TABLE_BYTES / GPT_SECTOR_BYTES)
#define HEADER_BYTES  92
#define READ_ONLY_BIT 60
#define UUID_BYTES    16

/* The types of root partitions, as the specification writes them. */
static const struct {
	const char *oci, *name;
	struct str root, verity;
} archs[] = {
	{"amd64", "x86-64", {"4f68bce3e8cd4db196e7fbcaf984b709", 32},
		{"2c7357edebd246d9aec123d437ec2bf5", 32}},
	{"arm64", "arm64", {"b921b0451df041c3af444c6f280d3fae", 32},
		{"df3300ced69f4c92978c9bfb0f38d820", 32}},
};

struct partition {
	unsigned char type[UUID_BYTES], uuid[UUID_BYTES];
	uint64_t first, last; /* sectors */
	const char *arch, *suffix;
};

static int find_arch(const char *arch)
{
	for (size_t i = 0; i < sizeof(archs) / sizeof(archs[0]); i++)
		if (strcmp(archs[i].oci, arch) == 0)
			return (int)i;
	return -1;
}

bool gpt_knows(const char *arch)
{
	return find_arch(arch) >= 0;
}

uint64_t gpt_hash_at(const struct gpt *g)
{
	return GPT_FIRST_BYTES + g->data_bytes;
}

/* A whole number of 4 KiB, as loop devices like it. */
uint64_t gpt_bytes(const struct gpt *g)
{
	uint64_t n = gpt_hash_at(g) + g->hash_bytes + GPT_END_BYTES;

	return (n + 4095) / 4096 * 4096;
}

static void put_uuid(unsigned char *at, const unsigned char uuid[UUID_BYTES])
{
	static const unsigned char order[UUID_BYTES] = {
		3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};

	for (size_t i = 0; i < UUID_BYTES; i++)
		at[i] = uuid[order[i]];
}

static void put_letters(unsigned char **at, const char *text)
{
	for (; *text; text++) {
		le_put16(*at, (unsigned char)*text);
		*at += 2;
	}
}

static void put_partition(unsigned char *at, const struct partition *p)
{
	unsigned char *name = at + 56;

	put_uuid(at, p->type);
	put_uuid(at + 16, p->uuid);
	le_put64(at + 32, p->first);
	le_put64(at + 40, p->last);
	le_put64(at + 48, (uint64_t)1 << READ_ONLY_BIT);
	put_letters(&name, "root-");
	put_letters(&name, p->arch);
	put_letters(&name, p->suffix);
}

static void put_table(const struct gpt *g, int arch, unsigned char *table)
{
	struct partition root = {.arch = archs[arch].name,
		.suffix = "",
		.first = GPT_FIRST_BYTES / GPT_SECTOR_BYTES,
		.last = gpt_hash_at(g) / GPT_SECTOR_BYTES - 1};
	struct partition verity = {.arch = archs[arch].name,
		.suffix = "-verity",
		.first = root.last + 1,
		.last = root.last + g->hash_bytes / GPT_SECTOR_BYTES};

	str_unhex(archs[arch].root, root.type, UUID_BYTES);
	str_unhex(archs[arch].verity, verity.type, UUID_BYTES);
	memcpy(root.uuid, g->root, UUID_BYTES);
	memcpy(verity.uuid, g->root + UUID_BYTES, UUID_BYTES);
	put_partition(table, &root);
	put_partition(table + ENTRY_BYTES, &verity);
}

/* One of the two headers: in a sector, with the other one and the table. */
struct places {
	uint64_t own, other, table;
};

static void put_header(const struct gpt *g, const struct places *at,
	struct str table, unsigned char *out)
{
	unsigned char disc[SHA256_BYTES];
	struct sha256 h;

	sha256_start(&h);
	sha256_add(&h, "keelson disc", 12);
	sha256_add(&h, g->root, sizeof(g->root));
	sha256_finish(&h, disc);
	memcpy(out, "EFI PART", 8);
	le_put32(out + 8, 0x00010000); /* revision */
	le_put32(out + 12, HEADER_BYTES);
	le_put64(out + 24, at->own);
	le_put64(out + 32, at->other);
	le_put64(out + 40, 2 + TABLE_SECTORS);
	le_put64(out + 48, gpt_bytes(g) / GPT_SECTOR_BYTES - 2 - TABLE_SECTORS);
	put_uuid(out + 56, disc);
	le_put64(out + 72, at->table);
	le_put32(out + 80, ENTRIES);
	le_put32(out + 84, ENTRY_BYTES);
	le_put32(out + 88, ~crc32_add(~0u, CRC32_IEEE, table));
	le_put32(out + 16, ~crc32_add(~0u, CRC32_IEEE,
				   (struct str){(char *)out, HEADER_BYTES}));
}

/* For readers without GPT: one partition of the type that says so. */
static void put_protective(uint64_t sectors, unsigned char *out)
{
	unsigned char *entry = out + 446;

	entry[2] = 2; /* the second sector, by cylinder, head and sector */
	entry[4] = 0xee;
	memset(entry + 5, 0xff, 3);
	le_put32(entry + 8, 1);
	le_put32(entry + 12, sectors - 1 > UINT32_MAX
				     ? UINT32_MAX
				     : (uint32_t)(sectors - 1));
	le_put16(out + 510, 0xaa55);
}

int gpt_encode(
	const struct gpt *g, struct buf *first, struct buf *last, struct err *e)
{
	uint64_t sectors = gpt_bytes(g) / GPT_SECTOR_BYTES;
	unsigned char mark[GPT_SECTOR_BYTES] = {0}, one[GPT_SECTOR_BYTES] = {0},
		      two[GPT_SECTOR_BYTES] = {0};
	unsigned char entries[2 * ENTRY_BYTES] = {0};
	AUTO_BUF struct buf table = buf_growing(TABLE_BYTES);
	int arch = find_arch(g->arch);

	if (arch < 0)
		return err_kind(e, ERR_INPUT,
			"there is no type of partition for %s", g->arch);
	put_table(g, arch, entries);
	buf_put(&table, entries, sizeof(entries));
	buf_fill(&table, '\0', TABLE_BYTES - sizeof(entries));
	put_protective(sectors, mark);
	put_header(
		g, &(struct places){1, sectors - 1, 2}, buf_view(&table), one);
	put_header(g,
		&(struct places){sectors - 1, 1, sectors - 1 - TABLE_SECTORS},
		buf_view(&table), two);
	buf_put(first, mark, sizeof(mark));
	buf_put(first, one, sizeof(one));
	buf_str(first, buf_view(&table));
	buf_str(last, buf_view(&table));
	buf_put(last, two, sizeof(two));
	return first->full || last->full || table.full
		       ? err_kind(e, ERR_LIMIT, "out of memory")
		       : 0;
}
