/*
 * img_memory - fields of CRIU's messages about memory.
 *
 * Field numbers are those of CRIU's images/pagemap.proto, mm.proto, vma.proto
 * and memfd.proto.
 */
#include "checkpoint-agent/criu/img_memory.h"

#include "checkpoint-agent/criu/img.h"
#include "lib/base/pb.h"

enum {
	HEAD_PAGES_ID = 1,
	RUN_ADDRESS = 1,
	RUN_COMPAT_PAGES = 2,
	RUN_IN_PARENT = 3,
	RUN_FLAGS = 4,
	RUN_PAGES = 5,
	MM_VMAS = 14,
	VMA_START = 1,
	VMA_END = 2,
	VMA_PGOFF = 3,
	VMA_SHMID = 4,
	VMA_PROT = 5,
	VMA_FLAGS = 6,
	VMA_STATUS = 7,
	MEMFD_SHMID = 5,
	MEMFD_INODE = 7,
};

uint32_t img_pages_id(struct str message)
{
	return img_u32(message, HEAD_PAGES_ID);
}

/* CRIU 4 writes flags and nr_pages; before: in_parent and compat_nr_pages. */
struct img_pages img_pages(struct str message)
{
	enum { PE_PARENT = 1 << 0, PE_PRESENT = 1 << 2 };
	struct img_pages p = {.address = img_u64(message, RUN_ADDRESS),
		.pages = img_u64(message, RUN_PAGES)};
	struct pb_field flags;

	if (p.pages == 0)
		p.pages = img_u32(message, RUN_COMPAT_PAGES);
	if (pb_find(message, RUN_FLAGS, &flags)) {
		p.is_present = flags.whole & PE_PRESENT;
		p.is_inherited = flags.whole & PE_PARENT;
	} else {
		p.is_inherited = img_u32(message, RUN_IN_PARENT) != 0;
		p.is_present = !p.is_inherited;
	}
	return p;
}

static struct img_area parse_area(struct str vma)
{
	return (struct img_area){.start = img_u64(vma, VMA_START),
		.end = img_u64(vma, VMA_END),
		.offset = img_u64(vma, VMA_PGOFF),
		.id = img_u64(vma, VMA_SHMID),
		.prot = img_u32(vma, VMA_PROT),
		.flags = img_u32(vma, VMA_FLAGS),
		.status = img_u32(vma, VMA_STATUS)};
}

int img_next_area(struct str *mm, struct img_area *a)
{
	struct pb_field f;
	int more;

	while ((more = pb_next(mm, &f, NULL)) == 1) {
		if (f.number != MM_VMAS || f.type != PB_BYTES)
			continue;
		*a = parse_area(f.bytes);
		return 1;
	}
	return more;
}

struct img_memfd img_memfd(struct str message)
{
	return (struct img_memfd){.inode = img_u32(message, MEMFD_INODE),
		.shmid = img_u32(message, MEMFD_SHMID)};
}
