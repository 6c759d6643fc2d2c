/* Answers every HTTP request with the name of its machine, which for a pod is the pod's. */
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void end(int number) {
  (void)number;
  _exit(0);
}

int main(void) {
  signal(SIGTERM, end);
  signal(SIGPIPE, SIG_IGN);
  int server = socket(AF_INET, SOCK_STREAM, 0);
  int on = 1;
  setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(8080)};
  if (bind(server, (struct sockaddr *)&address, sizeof address) != 0) return 1;
  listen(server, 64);
  char name[128] = "";
  gethostname(name, sizeof name - 1);
  for (;;) {
    int client = accept(server, 0, 0);
    if (client < 0) continue;
    char request[4096];
    if (read(client, request, sizeof request) > 0) {
      dprintf(client, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s", strlen(name), name);
    }
    close(client);
  }
}
