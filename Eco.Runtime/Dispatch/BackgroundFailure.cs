namespace Eco.Runtime.Dispatch;

/// <summary>A loop, timer callback or continuation failed. Published on the event stream and handed to whoever supervises the runner.</summary>
/// <param name="Activity">What was running, such as <c>journal writer</c>.</param>
/// <param name="Cause">The exception.</param>
public sealed record BackgroundFailure(string Activity, Exception Cause);
