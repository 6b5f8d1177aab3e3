/*
 * img_task - fields of CRIU's messages about processes.
 *
 * Field numbers are those of CRIU's images/pstree.proto, core.proto,
 * core-*.proto, creds.proto, fs.proto and fdinfo.proto.
 */
#include "checkpoint-agent/criu/img_task.h"

#include "checkpoint-agent/criu/img.h"
#include "lib/base/pb.h"

enum {
	PSTREE_PID = 1,
	PSTREE_PPID = 2,
	PSTREE_THREADS = 5,
	CORE_TC = 3,
	CORE_THREAD = 5,
	TC_COMM = 6,
	THREAD_CREDS = 10,
	CREDS_PERMITTED = 10,
	IDS_FILES = 2,
	FS_ROOT = 2,
	FDINFO_ID = 1,
	FDINFO_FD = 4,
};

struct img_process img_process(struct str message)
{
	struct img_process p = {
		img_u32(message, PSTREE_PID), img_u32(message, PSTREE_PPID), 0};
	struct pb_field f;

	while (pb_next(&message, &f, NULL) == 1)
		if (f.number == PSTREE_THREADS)
			p.threads += f.type == PB_VARINT;
	return p;
}

struct str img_command(struct str message)
{
	return img_bytes(img_bytes(message, CORE_TC), TC_COMM);
}

/* Two words of 32 bits, the lower one first. */
static uint64_t permitted_of(struct str creds)
{
	uint64_t all = 0;
	int words = 0;
	struct pb_field f;

	while (pb_next(&creds, &f, NULL) == 1) {
		if (f.number != CREDS_PERMITTED)
			continue;
		if (f.type != PB_VARINT || words > 1)
			return UINT64_MAX;
		all |= (f.whole & UINT32_MAX) << (32 * words++);
	}
	return all;
}

/* A message that occurs more than once is merged by its readers. */
static uint64_t thread_permitted(struct str thread)
{
	uint64_t all = 0;
	struct pb_field f;

	while (pb_next(&thread, &f, NULL) == 1)
		if (f.number == THREAD_CREDS && f.type == PB_BYTES)
			all |= permitted_of(f.bytes);
	return all;
}

uint64_t img_capabilities(struct str message)
{
	uint64_t all = 0;
	struct pb_field f;

	while (pb_next(&message, &f, NULL) == 1)
		if (f.number == CORE_THREAD && f.type == PB_BYTES)
			all |= thread_permitted(f.bytes);
	return all;
}

uint32_t img_files_id(struct str message)
{
	return img_u32(message, IDS_FILES);
}

uint32_t img_fs_root(struct str message)
{
	return img_u32(message, FS_ROOT);
}

struct img_fd img_fd(struct str message)
{
	return (struct img_fd){
		img_u32(message, FDINFO_ID), img_u32(message, FDINFO_FD)};
}
