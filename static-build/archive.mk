# archive.mk - a static library out of a plain list of sources.
#
#   make -f archive.mk LIB=libx.a SRC="a.c b.c" CC=... CFLAGS=... CPPFLAGS=...
#
# For small libraries whose own build system would only probe the host.
$(LIB): $(SRC:.c=.o)
	$(AR) rcs $@ $^
%.o: %.c
	$(CC) $(CPPFLAGS) $(CFLAGS) -c $< -o $@
