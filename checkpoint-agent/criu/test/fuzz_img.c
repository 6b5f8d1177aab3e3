/* Parse arbitrary bytes as CRIU images of an archive. */
#include "checkpoint-agent/criu/img.h"
#include "checkpoint-agent/criu/img_file.h"
#include "checkpoint-agent/criu/img_memory.h"
#include "checkpoint-agent/criu/img_task.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void message(struct str m)
{
	char room[256];
	struct buf b = buf_fixed(room, sizeof(room));
	struct img_area area;
	uint32_t inode;

	img_process(m);
	img_command(m);
	img_files_id(m);
	img_fd(m);
	img_fs_root(m);
	img_file_mode(m);
	img_pages_id(m);
	img_pages(m);
	img_memfd(m);
	img_file_memfd(m, &inode);
	while (img_next_area(&m, &area) == 1)
		;
	img_file_id(m);
	img_file_put(&b, m);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct str in = {(const char *)bytes, n}, m;
	enum img_kind kind;
	uint32_t number;

	img_parse_name(in, &kind, &number);
	img_closes_tcp(in);
	message(in);
	for (int i = 0; i < IMG_KINDS; i++) {
		struct str rest = in;

		if (img_open(&rest, (enum img_kind)i, NULL) < 0)
			continue;
		while (img_next(&rest, &m, NULL) == 1)
			message(m);
	}
	return 0;
}
