using NUnit.Framework;
using Eco.Host.Composition;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Eco.Tests.Composition;

/// <summary>What a host writes for each entry of its log.</summary>
public sealed class HostLogFormatterTests
{
    [Test]
    public void Write_WhenThereIsNoTerminal_IsOneLineWithoutColor() =>
        Assert.That(Written(new HostLogFormatter(inColor: false), LogLevel.Warning, null), Does.Match(@"\A\d\d:\d\d:\d\d\.\d{3} warn: A\.Category\[3101\] two lines\n\z"));

    [Test]
    public void Write_WhenThereIsAnException_TellsItOnTheSameLine() =>
        Assert.That(
            Written(new HostLogFormatter(inColor: false), LogLevel.Error, new InvalidOperationException("it\nbroke")),
            Does.Match(@"\A\d\d:\d\d:\d\d\.\d{3} fail: A\.Category\[3101\] two lines System\.InvalidOperationException: it broke\n\z"));

    [Test]
    public void Write_WhenAPersonReads_ColorsTheLevelAlone() =>
        Assert.That(Written(new HostLogFormatter(inColor: true), LogLevel.Information, null), Does.Contain(" \e[32minfo\e[39m\e[22m\e[49m: A.Category[3101] two lines\n"));

    private static string Written(HostLogFormatter formatter, LogLevel level, Exception? exception)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        formatter.Write(new LogEntry<string>(level, "A.Category", 3101, "two\nlines", exception, (text, _) => text), null, writer);
        return writer.ToString();
    }
}
