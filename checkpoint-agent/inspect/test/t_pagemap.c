/* Which pages belong to which process, with and without a pre-dump. */
#include "checkpoint-agent/criu/img.h"
#include "checkpoint-agent/inspect/images_index.h"
#include "checkpoint-agent/inspect/pagemap.h"
#include "lib/base/pb.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { PARENT = 1, PRESENT = 4 };

static struct images content;
static struct images_image images[4];
static char bytes[4][4096];
static struct pagemap memory;

static int set_up(void **state)
{
	(void)state;
	images_start(&content);
	content.image_count = 0;
	memset(images, 0, sizeof(images));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	content.images = NULL; /* ours */
	images_free(&content);
	return 0;
}

static void put_message(struct buf *b, const struct buf *message)
{
	uint32_t n = (uint32_t)message->n;

	buf_put(b, (const char *)&n, sizeof(n)); /* CRIU's byte order */
	buf_str(b, buf_view(message));
}

static struct buf begin_map(uint32_t pages_id)
{
	char room[64];
	struct buf message = buf_fixed(room, sizeof(room));
	struct buf b = buf_fixed(bytes[content.image_count], sizeof(bytes[0]));

	pb_whole(&message, 1, pages_id);
	put_message(&b, &message);
	return b;
}

static void put_run(
	struct buf *b, uint64_t page, uint64_t pages, uint32_t flags)
{
	char room[64];
	struct buf message = buf_fixed(room, sizeof(room));

	pb_whole(&message, 1, page * PAGEMAP_PAGE_BYTES);
	pb_whole(&message, 2, (uint32_t)pages);
	pb_whole(&message, 4, flags);
	pb_whole(&message, 5, pages);
	put_message(b, &message);
}

static void end_map(const struct buf *b, enum img_kind kind, uint32_t number,
	bool is_predump)
{
	images[content.image_count++] = (struct images_image){.kind = kind,
		.number = number,
		.is_predump = is_predump,
		.bytes = buf_view(b)};
	content.images = images;
	assert_int_equal(images_index_make(&content, NULL), 0);
}

/* "ADDRESS+PAGES@INDEX/BEFORE ..." in pages */
static const char *runs_of(const struct pagemap_map *m)
{
	static char room[512];
	struct buf b = buf_fixed(room, sizeof(room));

	for (size_t i = 0; i < m->run_count; i++)
		buf_fmt(&b, "%llu+%llu@%llu/%llu ",
			(unsigned long long)(m->runs[i].address /
					     PAGEMAP_PAGE_BYTES),
			(unsigned long long)m->runs[i].pages,
			(unsigned long long)m->runs[i].index,
			(unsigned long long)m->runs[i].before);
	return buf_cstr(&b);
}

static void only_inherited_pages_of_a_predump_count(void **state)
{
	struct buf before = begin_map(1), after;

	(void)state;
	put_run(&before, 10, 5, PRESENT);  /* image 0-4 */
	put_run(&before, 20, 10, PRESENT); /* 5-14 */
	put_run(&before, 40, 2, PRESENT);  /* 15-16 */
	put_run(&before, 50, 1, PRESENT);  /* 17 */
	end_map(&before, IMG_PAGEMAP, 7, true);
	after = begin_map(1);
	put_run(&after, 11, 2, PARENT);
	put_run(&after, 13, 1, PRESENT);
	put_run(&after, 14, 12, PARENT); /* 14, 20-25; 15-19 are missing */
	put_run(&after, 41, 1, PARENT);
	put_run(&after, 60, 3, PRESENT);
	end_map(&after, IMG_PAGEMAP, 7, false);
	assert_int_equal(pagemap_read(&content, &memory, NULL), 0);
	assert_int_equal(memory.map_count, 2);
	assert_string_equal(runs_of(&memory.maps[0]),
		"11+2@1/0 14+1@4/2 20+6@5/3 41+1@16/9 ");
	assert_int_equal(memory.maps[0].pages, 18);
	assert_int_equal(memory.maps[0].run_pages, 10);
	assert_int_equal(memory.maps[0].pid, 7);
	assert_string_equal(runs_of(&memory.maps[1]), "13+1@0/0 60+3@1/1 ");
	assert_int_equal(memory.maps[1].pages, 4);
}

static void maps_are_found_by_directory_and_number(void **state)
{
	struct buf b = begin_map(3);

	(void)state;
	put_run(&b, 1, 1, PRESENT);
	end_map(&b, IMG_PAGEMAP, 7, true);
	b = begin_map(3);
	put_run(&b, 1, 1, PARENT);
	end_map(&b, IMG_PAGEMAP, 7, false);
	assert_int_equal(pagemap_read(&content, &memory, NULL), 0);
	assert_ptr_equal(
		pagemap_find(&memory, STR("checkpoint/parent/pages-3.img")),
		&memory.maps[0]);
	assert_ptr_equal(pagemap_find(&memory, STR("checkpoint/pages-3.img")),
		&memory.maps[1]);
	assert_null(pagemap_find(&memory, STR("checkpoint/pages-4.img")));
	assert_null(pagemap_find(&memory, STR("checkpoint/pages-3.txt")));
	assert_null(pagemap_find(&memory, STR("pages-3.img")));
}

static void pages_of_an_ended_process_do_not_count(void **state)
{
	struct buf b = begin_map(1);

	(void)state;
	put_run(&b, 10, 5, PRESENT);
	end_map(&b, IMG_PAGEMAP, 7, true);
	assert_int_equal(pagemap_read(&content, &memory, NULL), 0);
	assert_int_equal(memory.maps[0].run_count, 0);
	assert_int_equal(memory.maps[0].pages, 5);
	assert_int_equal(memory.maps[0].pid, 0);
}

static void inherited_pages_count_if_the_predump_is_there(void **state)
{
	struct buf b = begin_map(1);

	(void)state;
	put_run(&b, 10, 5, PARENT);
	put_run(&b, 15, 2, PRESENT);
	end_map(&b, IMG_PAGEMAP, 7, false);
	assert_int_equal(pagemap_dumped(&content, 7), 2 * PAGEMAP_PAGE_BYTES);
	b = begin_map(1);
	put_run(&b, 10, 5, PRESENT);
	end_map(&b, IMG_PAGEMAP, 7, true);
	assert_int_equal(pagemap_dumped(&content, 7), 7 * PAGEMAP_PAGE_BYTES);
}

/* Runs of a pre-dump and of the final dump are refused with this reason. */
static void refused(const uint64_t before[2][2], const uint64_t after[2][2],
	const char *why)
{
	struct buf b;
	struct err e = {0};

	content.image_count = 0;
	b = begin_map(1);
	for (int i = 0; i < 2; i++)
		put_run(&b, before[i][0], before[i][1], PRESENT);
	end_map(&b, IMG_PAGEMAP, 7, true);
	b = begin_map(1);
	for (int i = 0; i < 2; i++)
		put_run(&b, after[i][0], after[i][1], PARENT);
	end_map(&b, IMG_PAGEMAP, 7, false);
	assert_int_equal(pagemap_read(&content, &memory, &e), -1);
	assert_int_equal(e.kind, ERR_INPUT);
	assert_non_null(strstr(e.text, why));
}

static void maps_out_of_order_are_refused(void **state)
{
	static const uint64_t good[2][2] = {{10, 1}, {20, 1}};
	static const uint64_t back[2][2] = {{20, 1}, {10, 1}};
	static const uint64_t overlap[2][2] = {{10, 11}, {20, 1}};
	static const uint64_t wraps[2][2] = {
		{10, 1}, {UINT64_MAX / PAGEMAP_PAGE_BYTES, 2}};
	static const uint64_t endless[2][2] = {{10, UINT64_MAX}, {20, 1}};

	(void)state;
	refused(back, good, "not in order");
	refused(good, back, "not in order");
	refused(overlap, good, "not in order");
	refused(good, overlap, "not in order");
	refused(wraps, good, "not in order");
	refused(good, endless, "bad entry");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(only_inherited_pages_of_a_predump_count),
		TEST(maps_are_found_by_directory_and_number),
		TEST(pages_of_an_ended_process_do_not_count),
		TEST(inherited_pages_count_if_the_predump_is_there),
		TEST(maps_out_of_order_are_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
