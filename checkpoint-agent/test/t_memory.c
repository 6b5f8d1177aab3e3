/* Which pages of which image are a process's, without and with a pre-dump. */
#include "checkpoint-agent/memory.h"
#include "checkpoint-agent/pb.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { PARENT = 1, PRESENT = 4 };

static struct content content;
static struct content_image images[4];
static char bytes[4][4096];
static struct memory memory;

static int set_up(void **state)
{
	(void)state;
	content_start(&content);
	content.image_count = 0;
	memset(images, 0, sizeof(images));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	content.images = NULL; /* ours */
	content_free(&content);
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

	pb_whole(&message, 1, page * MEMORY_PAGE_BYTES);
	pb_whole(&message, 2, (uint32_t)pages);
	pb_whole(&message, 4, flags);
	pb_whole(&message, 5, pages);
	put_message(b, &message);
}

static void end_map(const struct buf *b, enum image_kind kind, uint32_t number,
	bool is_predump)
{
	images[content.image_count++] = (struct content_image){.kind = kind,
		.number = number,
		.is_predump = is_predump,
		.bytes = buf_view(b)};
	content.images = images;
}

/* "ADDRESS+PAGES@INDEX/BEFORE ..." in pages */
static const char *runs_of(const struct memory_map *m)
{
	static char room[512];
	struct buf b = buf_fixed(room, sizeof(room));

	for (size_t i = 0; i < m->run_count; i++)
		buf_fmt(&b, "%llu+%llu@%llu/%llu ",
			(unsigned long long)(m->runs[i].address /
					     MEMORY_PAGE_BYTES),
			(unsigned long long)m->runs[i].pages,
			(unsigned long long)m->runs[i].index,
			(unsigned long long)m->runs[i].before);
	return buf_cstr(&b);
}

static void only_what_is_inherited_counts(void **state)
{
	struct buf before = begin_map(1), after;

	(void)state;
	put_run(&before, 10, 5, PRESENT);  /* image 0-4 */
	put_run(&before, 20, 10, PRESENT); /* 5-14 */
	put_run(&before, 40, 2, PRESENT);  /* 15-16 */
	put_run(&before, 50, 1, PRESENT);  /* 17 */
	end_map(&before, IMAGE_PAGEMAP, 7, true);
	after = begin_map(1);
	put_run(&after, 11, 2, PARENT);
	put_run(&after, 13, 1, PRESENT);
	put_run(&after, 14, 12, PARENT); /* 14, 20-25; 15-19 are nowhere */
	put_run(&after, 41, 1, PARENT);
	put_run(&after, 60, 3, PRESENT);
	end_map(&after, IMAGE_PAGEMAP, 7, false);
	assert_int_equal(memory_read(&content, &memory, NULL), 0);
	assert_int_equal(memory.map_count, 2);
	assert_string_equal(runs_of(&memory.maps[0]),
		"11+2@1/0 14+1@4/2 20+6@5/3 41+1@16/9 ");
	assert_int_equal(memory.maps[0].pages, 18);
	assert_int_equal(memory.maps[0].run_pages, 10);
	assert_int_equal(memory.maps[0].pid, 7);
	assert_string_equal(runs_of(&memory.maps[1]), "13+1@0/0 60+3@1/1 ");
	assert_int_equal(memory.maps[1].pages, 4);
}

static void images_are_told_apart_by_their_directory(void **state)
{
	struct buf b = begin_map(3);

	(void)state;
	put_run(&b, 1, 1, PRESENT);
	end_map(&b, IMAGE_PAGEMAP, 7, true);
	b = begin_map(3);
	put_run(&b, 1, 1, PARENT);
	end_map(&b, IMAGE_PAGEMAP, 7, false);
	assert_int_equal(memory_read(&content, &memory, NULL), 0);
	assert_ptr_equal(
		memory_find(&memory, STR("checkpoint/parent/pages-3.img")),
		&memory.maps[0]);
	assert_ptr_equal(memory_find(&memory, STR("checkpoint/pages-3.img")),
		&memory.maps[1]);
	assert_null(memory_find(&memory, STR("checkpoint/pages-4.img")));
	assert_null(memory_find(&memory, STR("checkpoint/pages-3.txt")));
	assert_null(memory_find(&memory, STR("pages-3.img")));
}

static void of_a_process_that_has_ended_nothing_counts(void **state)
{
	struct buf b = begin_map(1);

	(void)state;
	put_run(&b, 10, 5, PRESENT);
	end_map(&b, IMAGE_PAGEMAP, 7, true);
	assert_int_equal(memory_read(&content, &memory, NULL), 0);
	assert_int_equal(memory.maps[0].run_count, 0);
	assert_int_equal(memory.maps[0].pages, 5);
	assert_int_equal(memory.maps[0].pid, 0);
}

static void inherited_pages_are_counted_where_they_are(void **state)
{
	struct buf b = begin_map(1);

	(void)state;
	put_run(&b, 10, 5, PARENT);
	put_run(&b, 15, 2, PRESENT);
	end_map(&b, IMAGE_PAGEMAP, 7, false);
	assert_int_equal(memory_dumped(&content, 7), 2 * MEMORY_PAGE_BYTES);
	b = begin_map(1);
	put_run(&b, 10, 5, PRESENT);
	end_map(&b, IMAGE_PAGEMAP, 7, true);
	assert_int_equal(memory_dumped(&content, 7), 7 * MEMORY_PAGE_BYTES);
}

/* Two maps of a pre-dump and what is behind it; refused with these words. */
static void refused(const uint64_t before[2][2], const uint64_t after[2][2],
	const char *why)
{
	struct buf b;
	struct err e = {0};

	content.image_count = 0;
	b = begin_map(1);
	for (int i = 0; i < 2; i++)
		put_run(&b, before[i][0], before[i][1], PRESENT);
	end_map(&b, IMAGE_PAGEMAP, 7, true);
	b = begin_map(1);
	for (int i = 0; i < 2; i++)
		put_run(&b, after[i][0], after[i][1], PARENT);
	end_map(&b, IMAGE_PAGEMAP, 7, false);
	assert_int_equal(memory_read(&content, &memory, &e), -1);
	assert_int_equal(e.kind, ERR_INPUT);
	assert_non_null(strstr(e.text, why));
}

static void maps_out_of_order_are_refused(void **state)
{
	static const uint64_t good[2][2] = {{10, 1}, {20, 1}};
	static const uint64_t back[2][2] = {{20, 1}, {10, 1}};
	static const uint64_t overlap[2][2] = {{10, 11}, {20, 1}};
	static const uint64_t wraps[2][2] = {
		{10, 1}, {UINT64_MAX / MEMORY_PAGE_BYTES, 2}};
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
		TEST(only_what_is_inherited_counts),
		TEST(images_are_told_apart_by_their_directory),
		TEST(of_a_process_that_has_ended_nothing_counts),
		TEST(inherited_pages_are_counted_where_they_are),
		TEST(maps_out_of_order_are_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
