# Builds ECO and leaves an image with the runtime and the program alone: docker build -t eco .
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /src
COPY . .
RUN dotnet publish Eco.Host -c Release -o /app -v q --nologo

FROM mcr.microsoft.com/dotnet/runtime-deps:10.0 AS user
RUN useradd --system --uid 10001 --home-dir /state eco && mkdir -p /state && chown eco /state

FROM mcr.microsoft.com/dotnet/aspnet:10.0
COPY --from=user /etc/passwd /etc/group /etc/
COPY --from=user --chown=10001 /state /state
COPY --from=build /app /app
COPY hocon /etc/eco
USER 10001
WORKDIR /state
VOLUME /state
ENTRYPOINT ["dotnet", "/app/Eco.Host.dll"]
CMD ["host", "-c", "/etc/eco/embedded.conf", "--state", "/state/.eco"]
