# archive.mk - a static library from a list of sources.
#
#   make -f archive.mk LIB=libx.a SRC="a.c b.c" CC=... CFLAGS=... CPPFLAGS=...
#
# For small libraries whose own build system does little but probe the host.
$(LIB): $(SRC:.c=.o)
	$(AR) rcs $@ $^
%.o: %.c
	$(CC) $(CPPFLAGS) $(CFLAGS) -c $< -o $@
