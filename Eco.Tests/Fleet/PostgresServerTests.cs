using Eco.Host.Commands;
using Eco.Host.Fleet;
using NUnit.Framework;

namespace Eco.Tests.Fleet;

/// <summary>Real PostgreSQL servers as plain processes.</summary>
[Category("Slow")]
[Category("Process")]
public sealed class PostgresServerTests
{
    private string _folder = null!;

    [SetUp]
    public void MakeFolder()
    {
        _folder = Path.Combine(Path.GetTempPath(), "eco-postgres-" + TestContext.CurrentContext.Test.ID);
        Directory.CreateDirectory(_folder);
    }

    [TearDown]
    public void RemoveFolder()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    [Test]
    public async Task Server_WhenKilledAndRestarted_HasWhatItAcknowledged()
    {
        ProcessIdentity[] processes;
        await using (PostgresServer server = await PostgresServer.StartAsync(Path.Combine(_folder, "one"), TimeProvider.System))
        {
            Assert.That(await server.QueryAsync("SHOW data_checksums"), Is.EqualTo("on"));
            Assert.That(await server.QueryAsync("SELECT current_setting('fsync') || current_setting('full_page_writes') || current_setting('synchronous_commit')"), Is.EqualTo("ononon"));
            await server.QueryAsync("CREATE TABLE kept (id int); INSERT INTO kept VALUES (42)");

            processes = [.. server.Identity!.Descendants(), server.Identity];
            Assert.That(processes, Has.Length.GreaterThan(3));
            await server.RestartAsync();
            Assert.That(processes.Where(process => process.IsAlive), Is.Empty);
            Assert.That(await server.QueryAsync("SELECT id FROM kept"), Is.EqualTo("42"));

            await server.StopAsync();
            PostgresServer again = await PostgresServer.StartAsync(Path.Combine(_folder, "one"), TimeProvider.System);
            Assert.That(await again.QueryAsync("SELECT id FROM kept"), Is.EqualTo("42"));
            processes = [.. again.Identity!.Descendants(), again.Identity];
            await again.KillAsync();
        }

        Assert.That(processes.Where(process => process.IsAlive), Is.Empty);
        Assert.That(Directory.Exists(Path.Combine(_folder, "one")), Is.False);
    }

    [Test]
    public async Task Standby_WhenThePrimaryIsKilled_TakesItsPlaceWithAllCommits()
    {
        await using PostgresServer primary = await PostgresServer.StartAsync(Path.Combine(_folder, "primary"), TimeProvider.System);
        await primary.QueryAsync("CREATE TABLE kept (id int)");
        await using PostgresServer standby = await primary.StandbyAsync(Path.Combine(_folder, "standby"));
        await primary.QueryAsync("INSERT INTO kept VALUES (42)");
        Assert.That(await standby.QueryAsync("SELECT pg_is_in_recovery()"), Is.EqualTo("t"));

        await primary.KillAsync();
        await standby.PromoteAsync();

        Assert.That(await standby.QueryAsync("INSERT INTO kept VALUES (43); SELECT string_agg(id::text, ',' ORDER BY id) FROM kept"), Is.EqualTo("42,43"));
        Assert.That(PostgresServer.ConnectionStringOf(primary, standby), Does.Contain("Target Session Attributes=primary"));
    }

    [Test]
    public async Task Server_WhenItsUserCannotReachTheFolder_SaysWhatToDo()
    {
        if (!Environment.IsPrivilegedProcess || OperatingSystem.IsWindows())
        {
            Assert.Ignore("only root starts it as another user");
            return;
        }

        File.SetUnixFileMode(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        CommandException error = (await Assert.ThrowsAsync<CommandException>(
            () => PostgresServer.StartAsync(Path.Combine(_folder, "one"), TimeProvider.System)))!;

        Assert.That(error.Error.Cause, Does.Contain("its user 'postgres' cannot reach"));
    }
}
