/*
 * img - names and magic numbers of CRIU's images from one table, and the
 * length before each message.
 *
 * Every kind but the inventory has the common magic number of CRIU's images
 * first and its own after it.  A kind whose name ends in '-' exists once for
 * each process or file, and a decimal number follows.
 */
#include "checkpoint-agent/criu/img.h"

#include "lib/base/pb.h"

#define COMMON_MAGIC 0x54564319u

/* The only kind without the common magic number (criu/image.c). */
#define INVENTORY_MAGIC     0x58313116u
#define INVENTORY_TCP_CLOSE 10 /* inventory.proto */

static const struct {
	const char *name; /* before ".img"; a number follows a '-' */
	uint32_t magic;
} kinds[IMG_KINDS] = {
	[IMG_PSTREE] = {"pstree", 0x50273030},
	[IMG_FILES] = {"files", 0x56303138},
	[IMG_CORE] = {"core-", 0x55053847},
	[IMG_IDS] = {"ids-", 0x54432030},
	[IMG_FDINFO] = {"fdinfo-", 0x56213732},
	[IMG_FS] = {"fs-", 0x51403912},
	[IMG_MM] = {"mm-", 0x57492820},
	[IMG_MEMFD] = {"memfd", 0x48453499},
	[IMG_PAGEMAP_SHMEM] = {"pagemap-shmem-", 0x56084025},
	[IMG_PAGEMAP] = {"pagemap-", 0x56084025},
	[IMG_CGROUP] = {"cgroup", 0x59383330},
};

bool img_parse_name(struct str name, enum img_kind *kind, uint32_t *number)
{
	const struct str tail = STR(".img");
	uint64_t n = 0;

	if (!str_has_suffix(name, tail))
		return false;
	name.n -= tail.n;
	for (int i = 0; i < IMG_KINDS; i++) {
		struct str head = str_of(kinds[i].name);
		struct str rest = str_sub(name, head.n, name.n);
		bool has_number = head.p[head.n - 1] == '-';

		if (!str_has_prefix(name, head) || (!has_number && rest.n))
			continue;
		if (has_number && str_u64(rest, 0, UINT32_MAX, &n) < 0)
			continue;
		*kind = (enum img_kind)i;
		*number = (uint32_t)n;
		return true;
	}
	return false;
}

static bool cut_u32(struct str *s, uint32_t *v)
{
	const unsigned char *u = (const unsigned char *)s->p;

	if (s->n < 4)
		return false;
	*v = (uint32_t)u[0] | (uint32_t)u[1] << 8 | (uint32_t)u[2] << 16 |
	     (uint32_t)u[3] << 24;
	*s = str_sub(*s, 4, s->n);
	return true;
}

int img_open(struct str *bytes, enum img_kind kind, struct err *e)
{
	uint32_t common, own;

	if (!cut_u32(bytes, &common) || !cut_u32(bytes, &own) ||
		common != COMMON_MAGIC || own != kinds[kind].magic)
		return err_kind(e, ERR_INPUT,
			"%s: not a CRIU image of this kind", kinds[kind].name);
	return 0;
}

int img_next(struct str *bytes, struct str *message, struct err *e)
{
	uint32_t n;

	if (bytes->n == 0)
		return 0;
	if (!cut_u32(bytes, &n) || n > bytes->n)
		return err_kind(e, ERR_INPUT, "CRIU image is truncated");
	*message = str_sub(*bytes, 0, n);
	*bytes = str_sub(*bytes, n, bytes->n);
	return 1;
}

void img_put(struct buf *b, struct str message)
{
	for (unsigned i = 0; i < 4; i++)
		buf_byte(b, (char)(message.n >> 8 * i & 0xff));
	buf_str(b, message);
}

bool img_closes_tcp(struct str inventory)
{
	struct str message;
	uint32_t magic;

	return cut_u32(&inventory, &magic) && magic == INVENTORY_MAGIC &&
	       img_next(&inventory, &message, NULL) == 1 &&
	       img_u32(message, INVENTORY_TCP_CLOSE) != 0;
}

uint64_t img_u64(struct str message, uint32_t number)
{
	struct pb_field f;

	return pb_find(message, number, &f) ? f.whole : 0;
}

uint32_t img_u32(struct str message, uint32_t number)
{
	return (uint32_t)img_u64(message, number);
}

struct str img_bytes(struct str message, uint32_t number)
{
	struct pb_field f;

	return pb_find(message, number, &f) ? f.bytes : (struct str){0};
}
