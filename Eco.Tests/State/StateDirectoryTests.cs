using System.Runtime.Versioning;
using Eco.Actors.Console;
using Eco.Host.Commands;
using Eco.Host.State;
using NUnit.Framework;

namespace Eco.Tests.State;

public sealed class StateDirectoryTests
{
    private string _folder = "";

    [SetUp]
    public void Make() => _folder = Directory.CreateTempSubdirectory("eco-state-").FullName;

    [TearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Acquire_WhenAnotherHolderHasIt_NamesTheProcessAndTheCure()
    {
        var state = new StateDirectory(Path.Combine(_folder, "s"));
        using StateLock first = state.Acquire();

        ConsoleError error = Assert.Throws<CommandException>(() => state.Acquire())!.Error;

        Assert.That(error.Code, Is.EqualTo(ConsoleErrorCodes.State));
        Assert.That(error.Cause, Does.Contain($"process {Environment.ProcessId} "));
        Assert.That(error.Cure, Does.Contain("eco stop").And.Contains("--state"));
    }

    [Test]
    public void Acquire_WhenReleased_CanBeTakenAgain()
    {
        var state = new StateDirectory(Path.Combine(_folder, "s"));
        state.Acquire().Dispose();
        Assert.That(StateLock.IsHeld(state), Is.False);
        Assert.That(StateLock.Owner(state), Is.Null);

        using StateLock second = state.Acquire();

        Assert.That(StateLock.IsHeld(state), Is.True);
        Assert.That(StateLock.Owner(state), Is.EqualTo(Environment.ProcessId));
    }

    [Test]
    public void Acquire_WhenAKilledHolderLeftItsFiles_TakesThem()
    {
        var state = new StateDirectory(Path.Combine(_folder, "s"));
        state.EnsureCreated();
        File.WriteAllText(state.LockFile, "");
        File.WriteAllText(state.OwnerFile, "1\n");

        using StateLock taken = state.Acquire();

        Assert.That(StateLock.Owner(state), Is.EqualTo(Environment.ProcessId));
    }

    [Test]
    [UnsupportedOSPlatform("windows")]
    public void EnsureCreated_WhenNew_IsForTheOwnerOnly()
    {
        var state = new StateDirectory(Path.Combine(_folder, "s"));
        state.EnsureCreated();

        UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
            | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
        Assert.That(File.GetUnixFileMode(state.Root) & others, Is.EqualTo(UnixFileMode.None));
    }

    [Test]
    public void EnsureCreated_WhenAFileIsInTheWay_SaysSo()
    {
        string path = Path.Combine(_folder, "file");
        File.WriteAllText(path, "");

        ConsoleError error = Assert.Throws<CommandException>(() => new StateDirectory(path).EnsureCreated())!.Error;

        Assert.That(error.Code, Is.EqualTo(ConsoleErrorCodes.State));
        Assert.That(error.Cause, Does.Contain(path));
    }

    [Test]
    public void RequireReadable_WhenItIsAFile_SaysSo()
    {
        string path = Path.Combine(_folder, "file");
        File.WriteAllText(path, "");

        Assert.That(Assert.Throws<CommandException>(() => new StateDirectory(path).RequireReadable())!.Error.Cause, Does.Contain("is a file"));
    }

    [TestCase("..")]
    [TestCase(".")]
    [TestCase("a/b")]
    [TestCase("")]
    public void Agent_WhenIdWouldLeaveTheDirectory_Throws(string id) =>
        Assert.That(() => new StateDirectory(_folder).Agent(id), Throws.InstanceOf<ArgumentException>());
}
